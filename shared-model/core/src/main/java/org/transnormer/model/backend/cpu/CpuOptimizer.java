package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;
import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Optimizer;
import org.transnormer.model.tensor.Tensor;

/** Flat loops over blocks of fixed size. */
final class CpuOptimizer implements Optimizer {

  private static final int BLOCK = 16_384;

  private final WorkerPool pool;

  CpuOptimizer(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public double sumOfSquares(Tensor x) {
    Shapes.require(x.dense(), "sum of squares of " + x);
    long xa = address(x);
    double[] sums = new double[Math.toIntExact(Math.ceilDiv(x.elements(), BLOCK))];
    pool.run(
        sums.length,
        (task, _) -> {
          long from = (long) task * BLOCK;
          int count = (int) Math.min(BLOCK, x.elements() - from);
          long block = xa + from * Float.BYTES;
          sums[task] = CpuNorm.dot(block, block, count);
        });
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  @Override
  public void adamW(
      Tensor w, Tensor m, Tensor v, Tensor g, @Nullable Tensor rounded, AdamW update) {
    Shapes.require(rounded == null, "no rounded copy: products read the parameters themselves");
    Shapes.dense("w", w, g.elements());
    Shapes.dense("m", m, g.elements());
    Shapes.dense("v", v, g.elements());
    Shapes.dense("g", g, g.elements());
    long wa = address(w);
    long ma = address(m);
    long va = address(v);
    long ga = address(g);
    Factors factors = Factors.of(update);
    pool.run(
        Math.toIntExact(Math.ceilDiv(g.elements(), BLOCK)),
        (task, _) -> {
          long from = (long) task * BLOCK;
          long at = from * Float.BYTES;
          int count = (int) Math.min(BLOCK, g.elements() - from);
          block(wa + at, ma + at, va + at, ga + at, count, factors);
        });
  }

  /** The update's constants, each rounded once from double. */
  private record Factors(
      float gradient,
      float keepM,
      float takeM,
      float keepV,
      float takeV,
      float shrink,
      float stepSize,
      float rootOfCorrection,
      float epsilon) {

    static Factors of(AdamW update) {
      double first = 1 - StrictMath.pow(update.beta1(), update.step());
      double second = 1 - StrictMath.pow(update.beta2(), update.step());
      return new Factors(
          (float) update.gradientScale(),
          (float) update.beta1(),
          (float) (1 - update.beta1()),
          (float) update.beta2(),
          (float) (1 - update.beta2()),
          (float) (1 - update.learningRate() * update.weightDecay()),
          (float) (update.learningRate() / first),
          (float) (1 / StrictMath.sqrt(second)),
          (float) update.epsilon());
    }
  }

  private static void block(long w, long m, long v, long g, int count, Factors f) {
    int j = 0;
    for (; j <= count - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      FloatVector gradient = Lanes.load(g + at).mul(f.gradient());
      FloatVector m1 = Lanes.load(m + at).mul(f.keepM()).add(gradient.mul(f.takeM()));
      FloatVector v1 = Lanes.load(v + at).mul(f.keepV()).add(gradient.mul(gradient).mul(f.takeV()));
      Lanes.store(m + at, m1);
      Lanes.store(v + at, v1);
      Lanes.store(w + at, updated(Lanes.load(w + at), m1, v1, f));
    }
    if (j < count) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, count);
      FloatVector gradient = Lanes.load(g + at, rest).mul(f.gradient());
      FloatVector m1 = Lanes.load(m + at, rest).mul(f.keepM()).add(gradient.mul(f.takeM()));
      FloatVector v1 =
          Lanes.load(v + at, rest).mul(f.keepV()).add(gradient.mul(gradient).mul(f.takeV()));
      Lanes.store(m + at, m1, rest);
      Lanes.store(v + at, v1, rest);
      Lanes.store(w + at, updated(Lanes.load(w + at, rest), m1, v1, f), rest);
    }
  }

  private static FloatVector updated(FloatVector w, FloatVector m, FloatVector v, Factors f) {
    FloatVector root = v.sqrt().mul(f.rootOfCorrection()).add(f.epsilon());
    return w.mul(f.shrink()).sub(m.mul(f.stepSize()).div(root));
  }
}
