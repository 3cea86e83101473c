package org.transnormer.door.sessions;

import java.time.Duration;
import java.util.Optional;
import org.transnormer.door.keys.ApiKey;

/** Open sessions of the page. */
public interface Sessions {

  Session open(String hash, ApiKey key, Duration life);

  /** A session that has not ended and whose key is still good. */
  Optional<Session> find(String hash);

  void close(String hash);
}
