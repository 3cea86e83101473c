package org.transnormer.door.keys;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.Page;
import org.transnormer.support.security.Role;

/** All API keys. A revoked or expired key is never found again. */
public interface Keys {

  /**
   * @return empty when a key with this hash exists already, revoked or not
   */
  Optional<ApiKey> add(NewKey key);

  /** A key to be stored; times are the database's. */
  record NewKey(
      String id,
      String name,
      Role role,
      String hint,
      String hash,
      String createdBy,
      @Nullable Instant expiresAt) {}

  Optional<ApiKey> findByHash(String hash);

  Optional<ApiKey> find(String id);

  /** Name of a key, even of one that is no longer good. */
  Optional<String> nameOf(String id);

  /** Newest first. */
  Page<ApiKey> list(@Nullable String after, int limit);

  boolean none();

  /**
   * Ends a key and its sessions.
   *
   * @return what became of it
   */
  Revocation revoke(String id);

  /** What became of a key that was to be revoked. */
  enum Revocation {
    REVOKED,
    UNKNOWN,
    /** Without it nobody could make keys any more. */
    LAST_ADMIN
  }

  /** Notes the use; at most once a minute, so that reading does not write. */
  void used(ApiKey key);
}
