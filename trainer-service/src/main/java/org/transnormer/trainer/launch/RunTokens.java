package org.transnormer.trainer.launch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.trainer.runs.RunAttempts;

/** Secrets that let the workers of one attempt, and nobody else, report for it. */
public final class RunTokens {

  private static final int BYTES = 32;
  private static final String PREFIX = "tnlr_";

  private final RunAttempts attempts;
  private final SecureRandom random = new SecureRandom();

  public RunTokens(RunAttempts attempts) {
    this.attempts = attempts;
  }

  /** A new token; the one before is worth nothing from now on. Only its digest is kept. */
  String issue(String runId, int attempt) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    attempts.setToken(runId, attempt, hash(token));
    return token;
  }

  /** Whether the token speaks for the attempt. */
  public boolean accepts(String runId, int attempt, String token) {
    return attempts
        .token(runId, attempt)
        .filter(hash -> MessageDigest.isEqual(hash, hash(token)))
        .isPresent();
  }

  private static byte[] hash(String token) {
    return Digests.newSha256().digest(token.getBytes(StandardCharsets.UTF_8));
  }
}
