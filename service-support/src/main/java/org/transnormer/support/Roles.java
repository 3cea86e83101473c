package org.transnormer.support;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.springframework.core.env.Environment;

/**
 * Which parts of a service this process plays ({@code tnl.roles}, comma-separated; all by default).
 * A {@code manager} offers the API and launches; a {@code worker} takes partitions.
 */
public record Roles(Set<Role> roles) {
  public static final String PROPERTY = "tnl.roles";

  /** A part of a service. */
  public enum Role {
    MANAGER,
    WORKER
  }

  public static Roles of(Environment environment) {
    String[] names = environment.getProperty(PROPERTY, String[].class, new String[0]);
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : names) {
      roles.add(Role.valueOf(name.strip().toUpperCase(Locale.ROOT)));
    }
    return new Roles(roles.isEmpty() ? EnumSet.allOf(Role.class) : roles);
  }

  public boolean manager() {
    return roles.contains(Role.MANAGER);
  }

  public boolean worker() {
    return roles.contains(Role.WORKER);
  }
}
