package org.transnormer.model.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Optimizer;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** AdamW and the norm of a gradient; optimizer.cu. */
final class CudaOptimizer implements Optimizer {

  private static final int THREADS = 256;
  private static final int PER_THREAD = 4;

  /** Partial sums; a number of its own, so that a sum does not depend on the card. */
  private static final int PARTS = 1024;

  /** Fewer elements than this are one part. */
  private static final int SMALLEST_PART = 256;

  private final Kernels kernels;

  CudaOptimizer(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public double sumOfSquares(Tensor x) {
    return sumsOfSquares(List.of(x))[0];
  }

  @Override
  public double[] sumsOfSquares(List<Tensor> xs) {
    long partial = kernels.scratch("squares", (long) (PARTS + xs.size()) * Double.BYTES);
    long sums = partial + (long) PARTS * Double.BYTES;
    for (int i = 0; i < xs.size(); i++) {
      Tensor x = xs.get(i);
      Shapes.dense("x", x, x.elements());
      CudaStorage.require(x, ElementType.F32);
      int parts = Math.toIntExact(Math.clamp(x.elements() / SMALLEST_PART, 1, PARTS));
      kernels.arguments().add(partial).vector(x).add(x.elements());
      kernels.launch("sum_of_squares", Grid.of(parts), THREADS);
      kernels.arguments().add(sums + (long) i * Double.BYTES).add(partial).add(parts);
      kernels.launch("sum_of_parts", Grid.of(1), THREADS);
    }
    if (xs.isEmpty()) {
      return new double[0];
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment results = arena.allocate(ValueLayout.JAVA_DOUBLE, xs.size());
      kernels.launcher().read(results, sums);
      return results.toArray(ValueLayout.JAVA_DOUBLE);
    }
  }

  @Override
  public void adamW(
      Tensor w, Tensor m, Tensor v, Tensor g, @Nullable Tensor rounded, AdamW update) {
    for (Tensor tensor : new Tensor[] {w, m, v, g}) {
      Shapes.dense("w, m, v and g", tensor, g.elements());
      CudaStorage.require(tensor, ElementType.F32);
    }
    if (rounded != null) {
      Shapes.dense("rounded", rounded, g.elements());
      CudaStorage.require(rounded, ElementType.BF16);
    }
    double first = 1 - StrictMath.pow(update.beta1(), update.step());
    double second = 1 - StrictMath.pow(update.beta2(), update.step());
    kernels
        .arguments()
        .vector(w)
        .vector(m)
        .vector(v)
        .vector(g)
        .add(rounded == null ? 0 : CudaStorage.address(rounded))
        .add(g.elements())
        .add((float) update.gradientScale())
        .add((float) update.beta1())
        .add((float) (1 - update.beta1()))
        .add((float) update.beta2())
        .add((float) (1 - update.beta2()))
        .add((float) (1 - update.learningRate() * update.weightDecay()))
        .add((float) (update.learningRate() / first))
        .add((float) (1 / StrictMath.sqrt(second)))
        .add((float) update.epsilon());
    kernels.launch(
        "adamw", Grid.of(Math.ceilDiv(g.elements(), (long) THREADS * PER_THREAD)), THREADS);
  }
}
