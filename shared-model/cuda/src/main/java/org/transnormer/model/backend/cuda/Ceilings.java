package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import org.transnormer.model.backend.cuda.Products.Factor;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;
import tools.jackson.databind.node.ObjectNode;

/** What the card can do at best: bytes copied and products of random bf16 matrices. */
final class Ceilings {

  /** In the report, GB/s. */
  static final String COPY = "copy GB/s, read and written";

  private static final long COPIED = 4L << 30;
  private static final int[] SIZES = {4096, 8192};
  private static final int TIMES = 20;

  private final DriverLauncher launcher;

  Ceilings(DriverLauncher launcher) {
    this.launcher = launcher;
  }

  void run(ObjectNode report) {
    report.put("device", launcher.describe());
    report.put("multiprocessors", launcher.processors());
    report.put("products", launcher.products().describe());
    long from = launcher.allocate(COPIED);
    long to = launcher.allocate(COPIED);
    double seconds = best(() -> launcher.copy(to, from, COPIED));
    launcher.free(from);
    launcher.free(to);
    report.put(COPY, 2 * COPIED / seconds * 1e-9);
    CudaBench.say("copy: %.0f GB/s", 2 * COPIED / seconds * 1e-9);
    try (CudaBackend backend = new CudaBackend(launcher, ElementType.BF16)) {
      for (int n : SIZES) {
        double tera = 2.0 * n * n * n / product(backend, n) * 1e-12;
        report.put("bf16 product TFLOP/s at " + n, tera);
        CudaBench.say("bf16 product at %d: %.0f TFLOP/s", n, tera);
      }
    }
  }

  private double product(CudaBackend backend, int n) {
    Tensor a = random(backend, n, 1);
    Tensor b = random(backend, n, 2);
    Tensor c = random(backend, n, 3);
    double seconds =
        best(() -> launcher.products().multiply(false, c, Factor.of(a), Factor.transposed(b)));
    for (Tensor tensor : new Tensor[] {a, b, c}) {
      backend.release(tensor.storage());
    }
    return seconds;
  }

  private static Tensor random(CudaBackend backend, int n, long seed) {
    Tensor tensor = Tensor.of(backend.allocate("random", 2L * n * n), ElementType.BF16, 0, n, n);
    backend.write(tensor, MemorySegment.ofArray(EveryOperation.normal(seed, n * n)));
    return tensor;
  }

  /** Seconds of one run, the best of several rounds of ten. */
  double best(Runnable work) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round <= TIMES / 10 + 1; round++) {
      launcher.synchronize();
      long started = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        work.run();
      }
      launcher.synchronize();
      best = Math.min(best, (System.nanoTime() - started) * 1e-10);
    }
    return best;
  }
}
