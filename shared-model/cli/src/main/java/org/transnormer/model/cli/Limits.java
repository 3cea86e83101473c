package org.transnormer.model.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.generate.CounterRandom;
import org.transnormer.model.tensor.Tensor;

/**
 * What this machine does at best, measured in turn with what is compared with it: a large square
 * product, and reading memory that no cache holds.
 */
final class Limits implements AutoCloseable {

  private static final int SQUARE = 1024;

  /** Floats; beyond the last cache of any processor that this runs on, within a laptop's memory. */
  private static final long READ = 1L << 27;

  private final Backend backend;
  private final Tensor x;
  private final Tensor w;
  private final Tensor y;
  private final Tensor wide;
  private final Stopwatch product = new Stopwatch();
  private final Stopwatch reading = new Stopwatch();

  Limits(Backend backend) {
    this.backend = backend;
    this.x = random(1);
    this.w = random(2);
    this.y = zeros((long) SQUARE * SQUARE).reshape(SQUARE, SQUARE);
    this.wide = zeros(READ);
  }

  private Tensor zeros(long elements) {
    return Tensor.of(backend.allocate("limits", elements * Float.BYTES), 0, elements, 1);
  }

  private Tensor random(long seed) {
    Tensor tensor = zeros((long) SQUARE * SQUARE).reshape(SQUARE, SQUARE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
      for (long i = 0; i < tensor.elements(); i++) {
        float value = (float) CounterRandom.uniform(seed, i) - 0.5f;
        numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      }
      backend.write(tensor, numbers);
    }
    return tensor;
  }

  void product() {
    product.time(() -> backend.matmul().forward(Write.OVERWRITE, y, x, w));
  }

  void reading() {
    reading.time(() -> {
      if (Double.isNaN(backend.optimizer().sumOfSquares(wide))) {
        throw new IllegalStateException("zeros add up to no number");
      }
    });
  }

  /** Floating-point operations a second. */
  double flops() {
    return 2.0 * SQUARE * SQUARE * SQUARE / product.best();
  }

  /** Bytes a second. */
  double bandwidth() {
    return (double) READ * Float.BYTES / reading.best();
  }

  @Override
  public void close() {
    for (Tensor tensor : new Tensor[] {x, w, y, wide}) {
      backend.release(tensor.storage());
    }
  }
}
