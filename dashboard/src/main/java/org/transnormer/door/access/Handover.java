package org.transnormer.door.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.Role;
import org.transnormer.support.security.TokenIssuer;

/**
 * As what a caller is handed on: a signed token instead of the key or the cookie. Signing costs a
 * millisecond, so a caller's token is used for some time.
 */
public final class Handover {
  private static final String BEARER = "Bearer ";
  private static final int MOST = 10_000;

  private final TokenIssuer issuer;
  private final Duration reuse;
  private final Clock clock;
  private final Map<Caller, Signed> tokens = new ConcurrentHashMap<>();

  private record Signed(String token, Instant until) {}

  /**
   * @param reuse well under the token's life
   */
  public Handover(TokenIssuer issuer, Duration reuse, Clock clock) {
    this.issuer = issuer;
    this.reuse = reuse;
    this.clock = clock;
  }

  /**
   * For the present caller. A service brought a token of its own, which is handed on.
   *
   * @param authorization header that the caller sent, if any
   */
  public String token(@Nullable String authorization) {
    Caller caller = Caller.current();
    if (caller.role() == Role.SERVICE && authorization != null) {
      return authorization.substring(BEARER.length());
    }
    return token(caller);
  }

  String token(Caller caller) {
    Instant now = clock.instant();
    if (tokens.size() > MOST) {
      tokens.values().removeIf(signed -> signed.until().isBefore(now));
    }
    return tokens
        .compute(
            caller,
            (_, signed) ->
                signed != null && signed.until().isAfter(now)
                    ? signed
                    : new Signed(issuer.issue(caller), now.plus(reuse)))
        .token();
  }
}
