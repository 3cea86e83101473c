package org.transnormer.support.security;

import java.util.Optional;

/**
 * Knows bearer tokens that are not signed by an identity, like the token of one training run. Every
 * bean of this type is asked before a token is taken for a signed one.
 */
@FunctionalInterface
public interface BearerAuthenticator {
  Optional<Caller> authenticate(String bearer);
}
