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
    Rows ys = Rows.of(y);
    long ra = address(r);
    Rows xs = Rows.of(x);
    tasks.run(
        x.rows(),
        columns,
        n -> {
          long xn = xs.at(n);
          float scale = inverseRoot(dot(xn, xn, columns), columns);
          Lanes.set(ra + n * Float.BYTES, scale);
          scale(ys.at(n), xn, scale, columns);
        });
  }

  @Override
  public void backward(Write write, Tensor dx, Tensor dy, Tensor y, Tensor r) {
    int columns = y.columns();
    Shapes.matrix("dx", dx, y.rows(), columns);
    Shapes.matrix("dy", dy, y.rows(), columns);
    Shapes.dense("r", r, y.rows());
    Rows dxs = Rows.of(dx);
    Rows dys = Rows.of(dy);
    Rows ys = Rows.of(y);
    long ra = address(r);
    boolean accumulate = write == Write.ACCUMULATE;
    tasks.run(
        y.rows(),
        columns,
        n -> {
          long dyn = dys.at(n);
          long yn = ys.at(n);
          float mean = dot(dyn, yn, columns) / columns;
          float scale = Lanes.get(ra + n * Float.BYTES);
          backwardRow(dxs.at(n), dyn, yn, mean, scale, columns, accumulate);
        });
  }

  @Override
  public void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u) {
    int columns = o.columns();
    Shapes.matrix("z", z, o.rows(), columns);
    Shapes.matrix("u", u, o.rows(), columns);
    Shapes.dense("r", r, o.rows());
    Rows zs = Rows.of(z);
    long ra = address(r);
    Rows os = Rows.of(o);
    Rows us = Rows.of(u);
    tasks.run(
        o.rows(),
        columns,
        n -> {
          long on = os.at(n);
          float scale = inverseRoot(dot(on, on, columns), columns);
          Lanes.set(ra + n * Float.BYTES, scale);
          gate(zs.at(n), on, us.at(n), scale, columns);
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
    Rows dOs = Rows.of(dO);
    Rows dUs = Rows.of(dU);
    Rows dzs = Rows.of(dz);
    Rows os = Rows.of(o);
    Rows us = Rows.of(u);
    long ra = address(r);
    tasks.run(
        o.rows(),
        columns,
        n -> {
          float scale = Lanes.get(ra + n * Float.BYTES);
          float sum = gatedProduct(dzs.at(n), os.at(n), us.at(n), scale, columns);
          gatedBackward(
              dOs.at(n), dUs.at(n), dzs.at(n), os.at(n), us.at(n), scale, sum / columns, columns);
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

  /** z = o scale u */
  static void gate(long z, long o, long u, float scale, int columns) {
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

  /** Sum of dz u (o scale). */
  static float gatedProduct(long dz, long o, long u, float scale, int columns) {
    FloatVector sum = Lanes.zero();
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      FloatVector dy = Lanes.load(dz + at).mul(Lanes.load(u + at));
      sum = dy.fma(Lanes.load(o + at).mul(scale), sum);
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector dy = Lanes.load(dz + at, rest).mul(Lanes.load(u + at, rest));
      sum = dy.fma(Lanes.load(o + at, rest).mul(scale), sum);
    }
    return Lanes.sum(sum);
  }

  /** dU = dz y and dO = scale (dz u - mean y) with y = o scale. */
  static void gatedBackward(
      long dO, long dU, long dz, long o, long u, float scale, float mean, int columns) {
    FloatVector minusMean = Lanes.broadcast(-mean);
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      FloatVector y = Lanes.load(o + at).mul(scale);
      FloatVector dzj = Lanes.load(dz + at);
      Lanes.store(dO + at, y.fma(minusMean, dzj.mul(Lanes.load(u + at))).mul(scale));
      Lanes.store(dU + at, dzj.mul(y));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector y = Lanes.load(o + at, rest).mul(scale);
      FloatVector dzj = Lanes.load(dz + at, rest);
      Lanes.store(dO + at, y.fma(minusMean, dzj.mul(Lanes.load(u + at, rest))).mul(scale), rest);
      Lanes.store(dU + at, dzj.mul(y), rest);
    }
  }
}
