package org.transnormer.door.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The text of an API key. With 256 random bits a plain SHA-256 keeps it safe at rest: there is
 * nothing to guess, so no slow hash is needed and each request costs one look-up.
 */
public final class KeySecret {
  public static final String PREFIX = "tnl_";
  private static final int BYTES = 32;
  private static final int HINT = 8;
  private static final Pattern LEGAL = Pattern.compile("tnl_[A-Za-z0-9_-]{40,128}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String text;

  private KeySecret(String text) {
    this.text = text;
  }

  public static KeySecret random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new KeySecret(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** What somebody gave; empty when it cannot be a key. */
  public static Optional<KeySecret> of(String given) {
    return LEGAL.matcher(given).matches() ? Optional.of(new KeySecret(given)) : Optional.empty();
  }

  /** To be shown once, to whoever made it. */
  public String reveal() {
    return text;
  }

  /** The beginning, by which people recognise a key in a list. */
  public String hint() {
    return text.substring(0, HINT);
  }

  /** SHA-256 in hexadecimal: what is kept. */
  public String hash() {
    return sha256(text);
  }

  /** SHA-256 of a secret's text in hexadecimal. */
  public static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hint() + "…";
  }
}
