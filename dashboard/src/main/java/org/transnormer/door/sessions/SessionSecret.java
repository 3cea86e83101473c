package org.transnormer.door.sessions;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.keys.KeySecret;

/**
 * What the cookie carries. The token against cross-site requests is derived from it, so that a
 * session needs no second secret; it cannot be turned back into the cookie.
 *
 * @param text base64url of 256 random bits
 */
public record SessionSecret(String text) {
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  public static SessionSecret random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new SessionSecret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** What is kept. */
  public String hash() {
    return KeySecret.sha256("session:" + text);
  }

  public String csrfToken() {
    return KeySecret.sha256("csrf:" + text);
  }

  /** Whether the header proves that the page's own script sent the request. */
  public boolean provedBy(@Nullable String header) {
    return header != null
        && MessageDigest.isEqual(
            csrfToken().getBytes(StandardCharsets.US_ASCII),
            header.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String toString() {
    return "a session";
  }
}
