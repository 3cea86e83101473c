package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;
import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Pointwise;
import org.transnormer.model.tensor.Tensor;

/** Elementwise loops by rows. */
final class CpuPointwise implements Pointwise {

  private static final float LEAK = 0.01f;

  private final RowTasks tasks;

  CpuPointwise(RowTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void activate(Tensor y, Tensor x, Activation activation) {
    int columns = x.columns();
    Shapes.matrix("y", y, x.rows(), columns);
    long ya = address(y);
    long xa = address(x);
    tasks.run(
        x.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            long yn = ya + n * Shapes.stride(y);
            long xn = xa + n * Shapes.stride(x);
            if (activation == Activation.SILU) {
              silu(yn, xn, columns);
            } else {
              activateRow(yn, xn, columns, activation);
            }
          }
        });
  }

  @Override
  public void activateBackward(Tensor dx, Tensor dy, Tensor x, Activation activation) {
    int columns = x.columns();
    Shapes.matrix("dx", dx, x.rows(), columns);
    Shapes.matrix("dy", dy, x.rows(), columns);
    long dxa = address(dx);
    long dya = address(dy);
    long xa = address(x);
    tasks.run(
        x.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            long dxn = dxa + n * Shapes.stride(dx);
            long dyn = dya + n * Shapes.stride(dy);
            long xn = xa + n * Shapes.stride(x);
            if (activation == Activation.SILU) {
              siluBackward(dxn, dyn, xn, columns);
            } else {
              activateBackwardRow(dxn, dyn, xn, columns, activation);
            }
          }
        });
  }

  @Override
  public void multiply(Tensor h, Tensor a, Tensor b) {
    int columns = a.columns();
    Shapes.matrix("h", h, a.rows(), columns);
    Shapes.matrix("b", b, a.rows(), columns);
    long ha = address(h);
    long aa = address(a);
    long ba = address(b);
    tasks.run(
        a.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            multiplyRow(
                ha + n * Shapes.stride(h),
                aa + n * Shapes.stride(a),
                ba + n * Shapes.stride(b),
                columns);
          }
        });
  }

  @Override
  public void multiplyBackward(Tensor da, Tensor db, Tensor dh, Tensor a, Tensor b) {
    int columns = a.columns();
    Shapes.matrix("da", da, a.rows(), columns);
    Shapes.matrix("db", db, a.rows(), columns);
    Shapes.matrix("dh", dh, a.rows(), columns);
    Shapes.matrix("b", b, a.rows(), columns);
    long daa = address(da);
    long dba = address(db);
    long dha = address(dh);
    long aa = address(a);
    long ba = address(b);
    tasks.run(
        a.rows(),
        columns,
        (from, to) -> {
          for (long n = from; n < to; n++) {
            long dhn = dha + n * Shapes.stride(dh);
            multiplyRow(daa + n * Shapes.stride(da), dhn, ba + n * Shapes.stride(b), columns);
            multiplyRow(dba + n * Shapes.stride(db), dhn, aa + n * Shapes.stride(a), columns);
          }
        });
  }

  private static void multiplyRow(long h, long a, long b, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      Lanes.store(h + at, Lanes.load(a + at).mul(Lanes.load(b + at)));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(h + at, Lanes.load(a + at, rest).mul(Lanes.load(b + at, rest)), rest);
    }
  }

  private static void silu(long y, long x, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      FloatVector v = Lanes.load(x + at);
      Lanes.store(y + at, v.mul(Lanes.sigmoid(v)));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector v = Lanes.load(x + at, rest);
      Lanes.store(y + at, v.mul(Lanes.sigmoid(v)), rest);
    }
  }

  private static void siluBackward(long dx, long dy, long x, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      Lanes.store(dx + at, Lanes.load(dy + at).mul(siluSlope(Lanes.load(x + at))));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector slope = siluSlope(Lanes.load(x + at, rest));
      Lanes.store(dx + at, Lanes.load(dy + at, rest).mul(slope), rest);
    }
  }

  /** s (1 + x (1 - s)) with s = sigmoid(x) */
  private static FloatVector siluSlope(FloatVector x) {
    FloatVector s = Lanes.sigmoid(x);
    return s.mul(x.mul(Lanes.broadcast(1f).sub(s)).add(1f));
  }

  private static void activateRow(long y, long x, int columns, Activation activation) {
    for (int j = 0; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(y + at, value(Lanes.load(x + at, rest), activation), rest);
    }
  }

  private static void activateBackwardRow(
      long dx, long dy, long x, int columns, Activation activation) {
    for (int j = 0; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector slope = slope(Lanes.load(x + at, rest), activation);
      Lanes.store(dx + at, Lanes.load(dy + at, rest).mul(slope), rest);
    }
  }

  private static FloatVector value(FloatVector x, Activation activation) {
    return switch (activation) {
      case IDENTITY -> x;
      case SILU -> x.mul(Lanes.sigmoid(x));
      case RELU -> x.max(0f);
      case LEAKY_RELU -> x.mul(LEAK).blend(x, positive(x));
      case SIGMOID -> Lanes.sigmoid(x);
      case ELU -> elu(x);
      case ONE_PLUS_ELU -> elu(x).add(1f);
      case TWO_PLUS_ELU -> elu(x).add(2f);
    };
  }

  private static FloatVector slope(FloatVector x, Activation activation) {
    return switch (activation) {
      case IDENTITY -> Lanes.broadcast(1f);
      case SILU -> siluSlope(x);
      case RELU -> Lanes.zero().blend(1f, positive(x));
      case LEAKY_RELU -> Lanes.broadcast(LEAK).blend(1f, positive(x));
      case SIGMOID -> {
        FloatVector s = Lanes.sigmoid(x);
        yield s.mul(Lanes.broadcast(1f).sub(s));
      }
      case ELU, ONE_PLUS_ELU, TWO_PLUS_ELU -> Lanes.exp(x).blend(1f, positive(x));
    };
  }

  private static FloatVector elu(FloatVector x) {
    return Lanes.exp(x).sub(1f).blend(x, positive(x));
  }

  private static VectorMask<Float> positive(FloatVector x) {
    return x.compare(VectorOperators.GT, 0f);
  }
}
