package org.transnormer.model.backend.cpu;

import org.junit.jupiter.api.Assumptions;
import org.transnormer.model.backend.Backend;

/** The processor with products in bfloat16, for tests that are skipped where it has none. */
public final class Bfloat16 {

  private Bfloat16() {}

  public static Backend open(int threads) {
    try {
      return CpuBackend.openBfloat16(threads, false);
    } catch (UnsupportedOperationException e) {
      return Assumptions.abort(String.valueOf(e.getMessage()));
    }
  }
}
