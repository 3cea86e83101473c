package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;
import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.transnormer.model.backend.SplitNorm;
import org.transnormer.model.tensor.Tensor;

/** A row at a time, as {@link CpuNorm}. */
final class CpuSplitNorm implements SplitNorm {

  private final RowTasks tasks;

  CpuSplitNorm(RowTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void squares(Tensor s, Tensor o) {
    Shapes.dense("s", s, o.rows());
    long sa = address(s);
    long oa = address(o);
    tasks.run(
        o.rows(),
        o.columns(),
        (from, to) -> {
          for (long n = from; n < to; n++) {
            long on = oa + n * Shapes.stride(o);
            Lanes.set(sa + n * Float.BYTES, CpuNorm.dot(on, on, o.columns()));
          }
        });
  }

  @Override
  public void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u, int columns) {
    Shapes.matrix("z", z, o.rows(), o.columns());
    Shapes.matrix("u", u, o.rows(), o.columns());
    Shapes.dense("r", r, o.rows());
    long za = address(z);
    long ra = address(r);
    long oa = address(o);
    long ua = address(u);
    tasks.run(
        o.rows(),
        o.columns(),
        (from, to) -> {
          for (long n = from; n < to; n++) {
            float scale = CpuNorm.inverseRoot(Lanes.get(ra + n * Float.BYTES), columns);
            Lanes.set(ra + n * Float.BYTES, scale);
            long zn = za + n * Shapes.stride(z);
            long on = oa + n * Shapes.stride(o);
            long un = ua + n * Shapes.stride(u);
            for (int j = 0; j < o.columns(); j += WIDTH) {
              long at = (long) j * Float.BYTES;
              VectorMask<Float> rest = Lanes.rest(j, o.columns());
              FloatVector gate = Lanes.load(un + at, rest);
              Lanes.store(zn + at, Lanes.load(on + at, rest).mul(scale).mul(gate), rest);
            }
          }
        });
  }

  @Override
  public void products(Tensor s, Tensor dz, Tensor o, Tensor u, Tensor r) {
    Shapes.matrix("dz", dz, o.rows(), o.columns());
    Shapes.matrix("u", u, o.rows(), o.columns());
    Shapes.dense("r", r, o.rows());
    Shapes.dense("s", s, o.rows());
    long sa = address(s);
    long dza = address(dz);
    long oa = address(o);
    long ua = address(u);
    long ra = address(r);
    tasks.run(
        o.rows(),
        o.columns(),
        (from, to) -> {
          for (long n = from; n < to; n++) {
            float scale = Lanes.get(ra + n * Float.BYTES);
            long dzn = dza + n * Shapes.stride(dz);
            long on = oa + n * Shapes.stride(o);
            long un = ua + n * Shapes.stride(u);
            FloatVector sum = Lanes.zero();
            for (int j = 0; j < o.columns(); j += WIDTH) {
              long at = (long) j * Float.BYTES;
              VectorMask<Float> rest = Lanes.rest(j, o.columns());
              FloatVector dy = Lanes.load(dzn + at, rest).mul(Lanes.load(un + at, rest));
              sum = dy.fma(Lanes.load(on + at, rest).mul(scale), sum);
            }
            Lanes.set(sa + n * Float.BYTES, Lanes.sum(sum));
          }
        });
  }

  @Override
  public void gatedBackward(
      Tensor dO, Tensor dU, Tensor dz, Tensor o, Tensor u, Tensor r, Tensor s, int columns) {
    for (Tensor x : new Tensor[] {dO, dU, dz, u}) {
      Shapes.matrix("gradient or gate", x, o.rows(), o.columns());
    }
    Shapes.dense("r", r, o.rows());
    Shapes.dense("s", s, o.rows());
    long doa = address(dO);
    long dua = address(dU);
    long dza = address(dz);
    long oa = address(o);
    long ua = address(u);
    long ra = address(r);
    long sa = address(s);
    tasks.run(
        o.rows(),
        o.columns(),
        (from, to) -> {
          for (long n = from; n < to; n++) {
            backwardRow(
                doa + n * Shapes.stride(dO),
                dua + n * Shapes.stride(dU),
                dza + n * Shapes.stride(dz),
                oa + n * Shapes.stride(o),
                ua + n * Shapes.stride(u),
                Lanes.get(ra + n * Float.BYTES),
                Lanes.get(sa + n * Float.BYTES) / columns,
                o.columns());
          }
        });
  }

  private static void backwardRow(
      long dO, long dU, long dz, long o, long u, float scale, float mean, int columns) {
    for (int j = 0; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector dzj = Lanes.load(dz + at, rest);
      FloatVector y = Lanes.load(o + at, rest).mul(scale);
      FloatVector dy = dzj.mul(Lanes.load(u + at, rest));
      Lanes.store(dU + at, dzj.mul(y), rest);
      Lanes.store(dO + at, dy.sub(y.mul(mean)).mul(scale), rest);
    }
  }
}
