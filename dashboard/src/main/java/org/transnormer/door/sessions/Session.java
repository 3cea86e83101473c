package org.transnormer.door.sessions;

import java.time.Instant;
import org.transnormer.door.keys.ApiKey;
import org.transnormer.support.security.Caller;

/** A log-in of the page. It can do what its key can, and ends with it. */
public record Session(ApiKey key, Instant expiresAt) {

  public Caller caller() {
    return key.caller();
  }
}
