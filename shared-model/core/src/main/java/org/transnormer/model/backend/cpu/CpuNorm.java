package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;
import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.transnormer.model.backend.Norm;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.Tensor;

/**
 * SRMSNorm a row at a time; a row's sums run over lanes, then over the tree of {@link Lanes#sum}.
 */
final class CpuNorm implements Norm {

  private static final long VECTOR = (long) WIDTH * Float.BYTES;

  private final RowTasks tasks;

  CpuNorm(RowTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void forward(Tensor y, Tensor r, Tensor x) {
    int columns = x.columns();
    Shapes.matrix("y", y, x.rows(), columns);
    Shapes.dense("r", r, x.rows());
    long ya = address(y);
    long ra = address(r);
    long xa = address(x);
    tasks.run(
        x.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            long xn = xa + n * Shapes.stride(x);
            float scale = inverseRoot(dot(xn, xn, columns), columns);
            Lanes.set(ra + n * Float.BYTES, scale);
            scale(ya + n * Shapes.stride(y), xn, scale, columns);
          }
        });
  }

  @Override
  public void backward(Write write, Tensor dx, Tensor dy, Tensor y, Tensor r) {
    int columns = y.columns();
    Shapes.matrix("dx", dx, y.rows(), columns);
    Shapes.matrix("dy", dy, y.rows(), columns);
    Shapes.dense("r", r, y.rows());
    long dxa = address(dx);
    long dya = address(dy);
    long ya = address(y);
    long ra = address(r);
    boolean accumulate = write == Write.ACCUMULATE;
    tasks.run(
        y.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            long dyn = dya + n * Shapes.stride(dy);
            long yn = ya + n * Shapes.stride(y);
            float mean = dot(dyn, yn, columns) / columns;
            float scale = Lanes.get(ra + n * Float.BYTES);
            backwardRow(dxa + n * Shapes.stride(dx), dyn, yn, mean, scale, columns, accumulate);
          }
        });
  }

  @Override
  public void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u) {
    int columns = o.columns();
    Shapes.matrix("z", z, o.rows(), columns);
    Shapes.matrix("u", u, o.rows(), columns);
    Shapes.dense("r", r, o.rows());
    long za = address(z);
    long ra = address(r);
    long oa = address(o);
    long ua = address(u);
    tasks.run(
        o.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            long on = oa + n * Shapes.stride(o);
            float scale = inverseRoot(dot(on, on, columns), columns);
            Lanes.set(ra + n * Float.BYTES, scale);
            gate(za + n * Shapes.stride(z), on, ua + n * Shapes.stride(u), scale, columns);
          }
        });
  }

  @Override
  public void gatedBackward(Tensor dO, Tensor dU, Tensor dz, Tensor o, Tensor u, Tensor r) {
    int columns = o.columns();
    Shapes.matrix("dO", dO, o.rows(), columns);
    Shapes.matrix("dU", dU, o.rows(), columns);
    Shapes.matrix("dz", dz, o.rows(), columns);
    Shapes.matrix("u", u, o.rows(), columns);
    Shapes.dense("r", r, o.rows());
    long doa = address(dO);
    long dua = address(dU);
    long dza = address(dz);
    long oa = address(o);
    long ua = address(u);
    long ra = address(r);
    tasks.run(
        o.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            gatedBackwardRow(
                doa + n * Shapes.stride(dO),
                dua + n * Shapes.stride(dU),
                dza + n * Shapes.stride(dz),
                oa + n * Shapes.stride(o),
                ua + n * Shapes.stride(u),
                Lanes.get(ra + n * Float.BYTES),
                columns);
          }
        });
  }

  static float inverseRoot(float sumOfSquares, int columns) {
    return (float) (1 / Math.sqrt((double) sumOfSquares / columns + EPSILON));
  }

  /** Sum of a[j] b[j]; two chains of sums, added at the end. */
  static float dot(long a, long b, int columns) {
    FloatVector even = Lanes.zero();
    FloatVector odd = Lanes.zero();
    int j = 0;
    for (; j <= columns - 2 * WIDTH; j += 2 * WIDTH) {
      long at = (long) j * Float.BYTES;
      even = Lanes.load(a + at).fma(Lanes.load(b + at), even);
      odd = Lanes.load(a + at + VECTOR).fma(Lanes.load(b + at + VECTOR), odd);
    }
    for (; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      even = Lanes.load(a + at, rest).fma(Lanes.load(b + at, rest), even);
    }
    return Lanes.sum(even.add(odd));
  }

  private static void scale(long y, long x, float scale, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      Lanes.store(y + at, Lanes.load(x + at).mul(scale));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(y + at, Lanes.load(x + at, rest).mul(scale), rest);
    }
  }

  private static void gate(long z, long o, long u, float scale, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      Lanes.store(z + at, Lanes.load(o + at).mul(scale).mul(Lanes.load(u + at)));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(z + at, Lanes.load(o + at, rest).mul(scale).mul(Lanes.load(u + at, rest)), rest);
    }
  }

  private static void backwardRow(
      long dx, long dy, long y, float mean, float scale, int columns, boolean accumulate) {
    FloatVector minusMean = Lanes.broadcast(-mean);
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      FloatVector d = Lanes.load(y + at).fma(minusMean, Lanes.load(dy + at)).mul(scale);
      Lanes.store(dx + at, accumulate ? d.add(Lanes.load(dx + at)) : d);
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector d = Lanes.load(y + at, rest).fma(minusMean, Lanes.load(dy + at, rest)).mul(scale);
      Lanes.store(dx + at, accumulate ? d.add(Lanes.load(dx + at, rest)) : d, rest);
    }
  }

  private static void gatedBackwardRow(
      long dO, long dU, long dz, long o, long u, float scale, int columns) {
    FloatVector sum = Lanes.zero();
    for (int j = 0; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      if (j <= columns - WIDTH) {
        FloatVector y = Lanes.load(o + at).mul(scale);
        FloatVector g = Lanes.load(dz + at);
        Lanes.store(dU + at, g.mul(y));
        sum = g.mul(Lanes.load(u + at)).fma(y, sum);
      } else {
        VectorMask<Float> rest = Lanes.rest(j, columns);
        FloatVector y = Lanes.load(o + at, rest).mul(scale);
        FloatVector g = Lanes.load(dz + at, rest);
        Lanes.store(dU + at, g.mul(y), rest);
        sum = g.mul(Lanes.load(u + at, rest)).fma(y, sum);
      }
    }
    float mean = Lanes.sum(sum) / columns;
    FloatVector minusMean = Lanes.broadcast(-mean);
    for (int j = 0; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      if (j <= columns - WIDTH) {
        FloatVector y = Lanes.load(o + at).mul(scale);
        FloatVector dy = Lanes.load(dz + at).mul(Lanes.load(u + at));
        Lanes.store(dO + at, y.fma(minusMean, dy).mul(scale));
      } else {
        VectorMask<Float> rest = Lanes.rest(j, columns);
        FloatVector y = Lanes.load(o + at, rest).mul(scale);
        FloatVector dy = Lanes.load(dz + at, rest).mul(Lanes.load(u + at, rest));
        Lanes.store(dO + at, y.fma(minusMean, dy).mul(scale), rest);
      }
    }
  }
}
