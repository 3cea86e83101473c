package org.transnormer.support.security;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What a caller may do; each role includes others. A service may do what an operator may. */
public enum Role {
  VIEWER,
  OPERATOR,
  ADMIN,
  SERVICE;

  /** This role and those it includes. */
  public Set<Role> included() {
    return switch (this) {
      case VIEWER -> EnumSet.of(VIEWER);
      case OPERATOR -> EnumSet.of(VIEWER, OPERATOR);
      case ADMIN -> EnumSet.of(VIEWER, OPERATOR, ADMIN);
      case SERVICE -> EnumSet.of(VIEWER, OPERATOR, SERVICE);
    };
  }

  public boolean includes(Role other) {
    return included().contains(other);
  }

  List<GrantedAuthority> authorities() {
    return included().stream()
        .<GrantedAuthority>map(role -> new SimpleGrantedAuthority("ROLE_" + role.name()))
        .toList();
  }

  /** As in tokens and JSON: lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Role> of(String text) {
    for (Role role : values()) {
      if (role.text().equals(text)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
