package org.transnormer.support.openapi;

import java.util.List;
import java.util.Optional;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.access.WebInvocationPrivilegeEvaluator;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.CallerAuthentication;
import org.transnormer.support.security.Role;

/** Asks the service's own rules who may call what. */
final class LeastRoles {
  private static final List<Role> OF_PEOPLE = List.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN);

  private static final Authentication NOBODY =
      new AnonymousAuthenticationToken(
          "nobody", "nobody", AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));

  private final WebInvocationPrivilegeEvaluator rules;

  LeastRoles(WebInvocationPrivilegeEvaluator rules) {
    this.rules = rules;
  }

  /**
   * The least role that may call the operation, or nothing when it is open to everybody.
   *
   * @param path as in the document, with its variables in braces
   */
  Optional<Role> of(String method, String path) {
    String address = path.replaceAll("\\{[^}]*}", "7");
    if (rules.isAllowed("", address, method, NOBODY)) {
      return Optional.empty();
    }
    return OF_PEOPLE.stream()
        .filter(role -> rules.isAllowed("", address, method, somebody(role)))
        .findFirst()
        .or(() -> Optional.of(Role.SERVICE));
  }

  private static Authentication somebody(Role role) {
    return new CallerAuthentication(new Caller("somebody", role, "somebody"));
  }
}
