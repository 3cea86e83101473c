package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Pointwise;
import org.transnormer.model.tensor.Tensor;

/** Elementwise loops by rows. */
final class CpuPointwise implements Pointwise {

  private final RowTasks tasks;

  CpuPointwise(RowTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void activate(Tensor y, Tensor x, Activation activation, int group) {
    int columns = x.columns();
    Shapes.matrix("y", y, x.rows(), columns);
    Shapes.require(group > 0 && columns % group == 0, "groups do not divide the columns of " + x);
    Rows ys = Rows.of(y);
    Rows xs = Rows.of(x);
    tasks.run(
        x.rows(),
        columns,
        n -> {
          long yn = ys.at(n);
          long xn = xs.at(n);
          if (activation == Activation.SILU) {
            silu(yn, xn, columns);
          } else {
            for (int j = 0; j < columns; j += group) {
              long at = (long) j * Float.BYTES;
              Activations.forward(yn + at, xn + at, group, activation);
            }
          }
        });
  }

  @Override
  public void activateBackward(Tensor dx, Tensor dy, Tensor x, Activation activation, int group) {
    int columns = x.columns();
    Shapes.matrix("dx", dx, x.rows(), columns);
    Shapes.matrix("dy", dy, x.rows(), columns);
    Shapes.require(group > 0 && columns % group == 0, "groups do not divide the columns of " + x);
    Rows dxs = Rows.of(dx);
    Rows dys = Rows.of(dy);
    Rows xs = Rows.of(x);
    tasks.run(
        x.rows(),
        columns,
        n -> {
          long dxn = dxs.at(n);
          long dyn = dys.at(n);
          long xn = xs.at(n);
          if (activation == Activation.SILU) {
            siluBackward(dxn, dyn, xn, columns);
          } else {
            for (int j = 0; j < columns; j += group) {
              long at = (long) j * Float.BYTES;
              Activations.backward(dxn + at, dyn + at, xn + at, group, activation);
            }
          }
        });
  }

  @Override
  public void multiply(Tensor h, Tensor a, Tensor b) {
    int columns = a.columns();
    Shapes.matrix("h", h, a.rows(), columns);
    Shapes.matrix("b", b, a.rows(), columns);
    Rows hs = Rows.of(h);
    Rows as = Rows.of(a);
    Rows bs = Rows.of(b);
    tasks.run(
        a.rows(),
        columns,
        n -> {
          multiplyRow(hs.at(n), as.at(n), bs.at(n), columns);
        });
  }

  @Override
  public void multiplyBackward(Tensor da, Tensor db, Tensor dh, Tensor a, Tensor b) {
    int columns = a.columns();
    Shapes.matrix("da", da, a.rows(), columns);
    Shapes.matrix("db", db, a.rows(), columns);
    Shapes.matrix("dh", dh, a.rows(), columns);
    Shapes.matrix("b", b, a.rows(), columns);
    Rows das = Rows.of(da);
    Rows dbs = Rows.of(db);
    Rows dhs = Rows.of(dh);
    Rows as = Rows.of(a);
    Rows bs = Rows.of(b);
    tasks.run(
        a.rows(),
        columns,
        n -> {
          long dhn = dhs.at(n);
          multiplyRow(das.at(n), dhn, bs.at(n), columns);
          multiplyRow(dbs.at(n), dhn, as.at(n), columns);
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
      Lanes.store(dx + at, Lanes.load(dy + at).mul(Activations.siluSlope(Lanes.load(x + at))));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector slope = Activations.siluSlope(Lanes.load(x + at, rest));
      Lanes.store(dx + at, Lanes.load(dy + at, rest).mul(slope), rest);
    }
  }
}
