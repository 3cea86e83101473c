package org.transnormer.model.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.Tensor;

/**
 * Cross-entropy; loss.cu. The nats stay on the device until someone {@link #collect}s them, so that
 * a step does not wait at every stretch of logits.
 */
final class CudaLoss implements Loss {

  private static final int THREADS = 512;

  /** Nats that are kept at once at least. */
  private static final int SMALLEST = 1 << 16;

  private final Kernels kernels;
  private final List<Pending> pending = new ArrayList<>();
  private int used;

  /** Nats on the device that belong into a host array. */
  private record Pending(double[] nats, int from, int count, int at) {}

  CudaLoss(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void crossEntropy(double[] nats, Tensor logits, int[] targets, int from) {
    run(nats, logits, targets, from, false, 0, 0);
  }

  @Override
  public void crossEntropyBackward(
      double[] nats, Tensor logits, int[] targets, int from, double scale, double zLoss) {
    run(nats, logits, targets, from, true, scale, zLoss);
  }

  private void run(
      double[] nats,
      Tensor logits,
      int[] targets,
      int from,
      boolean gradient,
      double scale,
      double zLoss) {
    int rows = Math.toIntExact(logits.rows());
    requireTargets(logits, targets, from, rows);
    long at = kernels.ints(targets, from, rows);
    long device = reserve(nats, from, rows);
    kernels
        .arguments()
        .add(device)
        .matrix(logits)
        .add(at)
        .add(logits.columns())
        .add(gradient)
        .add(scale)
        .add(zLoss);
    kernels.launch("cross_entropy_" + CudaStorage.suffix(logits), Grid.of(rows), THREADS);
  }

  private long reserve(double[] nats, int from, int rows) {
    int capacity = Math.max(SMALLEST, nats.length);
    if (used + rows > capacity || !pending.isEmpty() && pending.getLast().nats != nats) {
      collect();
    }
    long all = kernels.scratch("nats", (long) capacity * Double.BYTES);
    pending.add(new Pending(nats, from, rows, used));
    long address = all + (long) used * Double.BYTES;
    used += rows;
    return address;
  }

  /** Brings the nats into the host arrays that they belong to. */
  void collect() {
    if (pending.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate((long) used * Double.BYTES, Double.BYTES);
      kernels.launcher().read(all, kernels.scratch("nats", 0));
      for (Pending part : pending) {
        MemorySegment.copy(
            all,
            ValueLayout.JAVA_DOUBLE,
            (long) part.at * Double.BYTES,
            part.nats,
            part.from,
            part.count);
      }
    } finally {
      forget();
    }
  }

  /** Work whose nats were never asked for. */
  void forget() {
    pending.clear();
    used = 0;
  }

  private static void requireTargets(Tensor logits, int[] targets, int from, int rows) {
    for (int i = from; i < from + rows; i++) {
      if (targets[i] != IGNORE && (targets[i] < 0 || targets[i] >= logits.columns())) {
        throw new IllegalArgumentException(
            "target %d at %d is outside the vocabulary of %d"
                .formatted(targets[i], i, logits.columns()));
      }
    }
  }
}
