package org.transnormer.support.idempotency;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Binds the {@code Idempotency-Key} of the request at hand to what the request launches, so that a
 * key and its resource are committed together: a retry finds the resource even if the first answer
 * was lost.
 */
public final class Launches {
  private final IdempotentRequests requests;
  private final ThreadLocal<@Nullable Claim> current = new ThreadLocal<>();

  Launches(IdempotentRequests requests) {
    this.requests = requests;
  }

  /** A key that is ours to run. */
  record Claim(String caller, String key, UUID attempt) {}

  /**
   * To be called in the transaction that launches. Does nothing outside of an {@link Idempotent}
   * request.
   *
   * @param resource path of the new resource, which GET answers
   * @throws IllegalStateException when another request runs under the key by now; the transaction
   *     must not commit
   */
  public void launched(String resource) {
    Claim claim = current.get();
    if (claim != null) {
      requests.launched(claim, resource);
    }
  }

  /** Work of a request that runs in this thread. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException, ServletException;
  }

  void during(Claim claim, Work work) throws IOException, ServletException {
    current.set(claim);
    try {
      work.run();
    } finally {
      current.remove();
    }
  }
}
