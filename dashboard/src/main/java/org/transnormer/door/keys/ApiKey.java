package org.transnormer.door.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.Role;

/**
 * What is known of a key, without the key.
 *
 * @param hint its first characters
 * @param createdBy name of the key that made it
 * @param lastUsedAt true to a minute
 */
public record ApiKey(
    String id,
    String name,
    Role role,
    String hint,
    String createdBy,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt) {

  public Caller caller() {
    return new Caller(id, role, name);
  }
}
