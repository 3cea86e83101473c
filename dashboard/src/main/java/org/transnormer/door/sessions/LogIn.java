package org.transnormer.door.sessions;

import java.time.Duration;
import java.util.Optional;
import org.transnormer.door.audit.Audit;
import org.transnormer.door.keys.ApiKey;
import org.transnormer.door.keys.KeySecret;
import org.transnormer.door.keys.Keys;

/** Opens a session with a key. */
public final class LogIn {
  private final Keys keys;
  private final Sessions sessions;
  private final Audit audit;
  private final Duration life;

  public LogIn(Keys keys, Sessions sessions, Audit audit, Duration life) {
    this.keys = keys;
    this.sessions = sessions;
    this.audit = audit;
    this.life = life;
  }

  /** A session and, this once, what its cookie carries. */
  public record LoggedIn(Session session, SessionSecret secret) {}

  /**
   * @return empty when the key is unknown, revoked or expired
   */
  public Optional<LoggedIn> with(String given) {
    Optional<ApiKey> found = KeySecret.of(given).flatMap(key -> keys.findByHash(key.hash()));
    return found.map(key -> {
      keys.used(key);
      SessionSecret secret = SessionSecret.random();
      Session session = sessions.open(secret.hash(), key, life);
      audit.note(key.caller(), "session.open", "/api/v1/keys/" + key.id(), null);
      return new LoggedIn(session, secret);
    });
  }

  public Duration life() {
    return life;
  }
}
