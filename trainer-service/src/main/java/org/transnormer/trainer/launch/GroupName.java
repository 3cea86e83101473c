package org.transnormer.trainer.launch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Name of the worker group of one attempt, derived from the run alone, so that creating it twice
 * creates it once. It is a DNS label with room for {@code -<rank>}, which names a pod's host.
 */
public record GroupName(String value) {

  /** 63 for a DNS label, less a dash and the digits of the highest rank. */
  private static final int LONGEST = 57;

  private static final int DIGEST_CHARS = 8;

  public static GroupName of(String runId, int attempt) {
    String suffix = "-a" + attempt;
    String plain = "run-" + runId.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    if (plain.equals("run-" + runId) && plain.length() + suffix.length() <= LONGEST) {
      return new GroupName(plain + suffix);
    }
    // what shortening or replacing makes equal, the digest tells apart
    int room = LONGEST - suffix.length() - DIGEST_CHARS - 1;
    String head = plain.substring(0, Math.min(plain.length(), room));
    return new GroupName(head + "-" + digest(runId) + suffix);
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, DIGEST_CHARS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
