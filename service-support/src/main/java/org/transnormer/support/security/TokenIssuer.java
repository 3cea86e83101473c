package org.transnormer.support.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.interfaces.RSAPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.Ids;

/** Signs short-lived tokens as one identity. Thread-safe. */
public final class TokenIssuer {
  static final String ROLE = "role";
  static final String NAME = "name";

  private final String identity;
  private final RSASSASigner signer;
  private final Duration ttl;
  private final Clock clock;
  private volatile @Nullable OwnToken own;

  private record OwnToken(String token, Instant renewAt) {}

  public TokenIssuer(String identity, RSAPrivateKey key, Duration ttl, Clock clock) {
    this.identity = identity;
    this.signer = new RSASSASigner(key);
    this.ttl = ttl;
    this.clock = clock;
  }

  public String identity() {
    return identity;
  }

  /** A token for a person or program that this identity has recognised. */
  public String issue(String subject, Role role, String name) {
    Instant now = clock.instant();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(identity)
            .subject(subject)
            .claim(ROLE, role.text())
            .claim(NAME, name)
            .jwtID(Ids.next())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(ttl)))
            .build();
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot sign as " + identity, e);
    }
    return token.serialize();
  }

  public String issue(Caller caller) {
    return issue(caller.subject(), caller.role(), caller.name());
  }

  /** A token for this service itself, renewed when half of its life is over. */
  public String ownToken() {
    OwnToken current = own;
    Instant now = clock.instant();
    if (current == null || now.isAfter(current.renewAt)) {
      current = new OwnToken(issue(identity, Role.SERVICE, identity), now.plus(ttl.dividedBy(2)));
      own = current;
    }
    return current.token;
  }
}
