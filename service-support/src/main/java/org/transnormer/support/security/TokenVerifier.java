package org.transnormer.support.security;

import com.nimbusds.jwt.JWTParser;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Checks a signed token against the key of the identity that it claims as issuer. An identity may
 * speak for itself, as a service; only some may speak for people.
 */
public final class TokenVerifier {
  private final Map<String, NimbusJwtDecoder> decoders = new HashMap<>();
  private final Set<String> userIssuers;

  /**
   * @param trust public key of each issuer
   */
  public TokenVerifier(
      Map<String, RSAPublicKey> trust,
      Set<String> userIssuers,
      Duration maxTtl,
      Duration clockSkew) {
    this.userIssuers = Set.copyOf(userIssuers);
    trust.forEach((issuer, key) -> {
      NimbusJwtDecoder decoder =
          NimbusJwtDecoder.withPublicKey(key).signatureAlgorithm(SignatureAlgorithm.RS256).build();
      decoder.setJwtValidator(
          new DelegatingOAuth2TokenValidator<>(
              new JwtTimestampValidator(clockSkew),
              new JwtIssuerValidator(issuer),
              shortLived(maxTtl)));
      decoders.put(issuer, decoder);
    });
  }

  /** A token that has no end, or a far one, was not made by this platform. */
  private static OAuth2TokenValidator<Jwt> shortLived(Duration maxTtl) {
    return jwt -> {
      boolean legal =
          jwt.getIssuedAt() != null
              && jwt.getExpiresAt() != null
              && !jwt.getExpiresAt().isAfter(jwt.getIssuedAt().plus(maxTtl));
      return legal
          ? OAuth2TokenValidatorResult.success()
          : OAuth2TokenValidatorResult.failure(
              new OAuth2Error("invalid_token", "the token lives too long", null));
    };
  }

  /**
   * @throws JwtException when the token is not valid, with its reason
   */
  public Caller verify(String token) {
    NimbusJwtDecoder decoder = decoders.get(issuer(token));
    if (decoder == null) {
      throw new BadJwtException("the token's issuer is not trusted");
    }
    Jwt jwt = decoder.decode(token);
    String subject = required(jwt.getSubject(), "sub");
    Role role =
        Role.of(required(jwt.getClaimAsString(TokenIssuer.ROLE), TokenIssuer.ROLE))
            .orElseThrow(() -> new BadJwtException("the token's role is unknown"));
    String issuer = required(jwt.getClaimAsString("iss"), "iss");
    requireEntitled(issuer, subject, role);
    String name = jwt.getClaimAsString(TokenIssuer.NAME);
    return new Caller(subject, role, name == null ? subject : name);
  }

  private void requireEntitled(String issuer, String subject, Role role) {
    boolean itself = role == Role.SERVICE && subject.equals(issuer);
    boolean people = role != Role.SERVICE && userIssuers.contains(issuer);
    if (!itself && !people) {
      throw new BadJwtException(issuer + " may not speak for " + role.text() + " " + subject);
    }
  }

  private static String issuer(String token) {
    try {
      return required(JWTParser.parse(token).getJWTClaimsSet().getIssuer(), "iss");
    } catch (ParseException e) {
      throw new BadJwtException("not a token", e);
    }
  }

  private static String required(@Nullable String claim, String name) {
    if (claim == null || claim.isEmpty()) {
      throw new BadJwtException("the token has no " + name);
    }
    return claim;
  }
}
