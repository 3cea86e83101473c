package org.transnormer.support.security;

import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Who a request comes from.
 *
 * @param subject id of the API key or name of the service
 * @param name for people
 */
public record Caller(String subject, Role role, String name) {

  /** The caller of the request that this thread works on. */
  public static Caller current() {
    return find().orElseThrow(() -> new IllegalStateException("nobody is authenticated"));
  }

  public static Optional<Caller> find() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication != null && authentication.getPrincipal() instanceof Caller caller
        ? Optional.of(caller)
        : Optional.empty();
  }
}
