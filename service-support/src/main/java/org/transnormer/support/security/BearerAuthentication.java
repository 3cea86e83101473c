package org.transnormer.support.security;

import java.util.List;
import java.util.Optional;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** From a bearer token to its caller: first the tokens that a service knows itself, then signed. */
public final class BearerAuthentication implements AuthenticationManager {
  private final List<BearerAuthenticator> authenticators;
  private final TokenVerifier verifier;

  public BearerAuthentication(List<BearerAuthenticator> authenticators, TokenVerifier verifier) {
    this.authenticators = List.copyOf(authenticators);
    this.verifier = verifier;
  }

  @Override
  public Authentication authenticate(Authentication authentication) {
    String bearer = ((BearerTokenAuthenticationToken) authentication).getToken();
    return new CallerAuthentication(caller(bearer));
  }

  public Caller caller(String bearer) {
    for (BearerAuthenticator authenticator : authenticators) {
      Optional<Caller> caller = authenticator.authenticate(bearer);
      if (caller.isPresent()) {
        return caller.get();
      }
    }
    try {
      return verifier.verify(bearer);
    } catch (JwtException e) {
      throw new InvalidBearerTokenException("the bearer token is not valid", e);
    }
  }
}
