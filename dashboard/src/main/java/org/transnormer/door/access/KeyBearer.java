package org.transnormer.door.access;

import java.util.Optional;
import org.transnormer.door.keys.ApiKey;
import org.transnormer.door.keys.KeySecret;
import org.transnormer.door.keys.Keys;
import org.transnormer.support.security.BearerAuthenticator;
import org.transnormer.support.security.Caller;

/** {@code Authorization: Bearer tnl_...}: the way in for programs. */
final class KeyBearer implements BearerAuthenticator {
  private final Keys keys;

  KeyBearer(Keys keys) {
    this.keys = keys;
  }

  @Override
  public Optional<Caller> authenticate(String bearer) {
    Optional<ApiKey> key = KeySecret.of(bearer).flatMap(secret -> keys.findByHash(secret.hash()));
    key.ifPresent(keys::used);
    return key.map(ApiKey::caller);
  }
}
