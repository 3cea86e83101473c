package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;

import org.transnormer.model.backend.SplitNorm;
import org.transnormer.model.tensor.Tensor;

/** A row at a time, by the same loops as {@link CpuNorm}. */
final class CpuSplitNorm implements SplitNorm {

  private final RowTasks tasks;

  CpuSplitNorm(RowTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void squares(Tensor s, Tensor o) {
    Shapes.dense("s", s, o.rows());
    long sa = address(s);
    Rows os = Rows.of(o);
    tasks.run(
        o.rows(),
        o.columns(),
        n -> Lanes.set(sa + n * Float.BYTES, CpuNorm.dot(os.at(n), os.at(n), o.columns())));
  }

  @Override
  public void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u, int columns) {
    requireLike(o, r, z, u);
    long ra = address(r);
    Rows zs = Rows.of(z);
    Rows os = Rows.of(o);
    Rows us = Rows.of(u);
    tasks.run(
        o.rows(),
        o.columns(),
        n -> {
          float scale = CpuNorm.inverseRoot(Lanes.get(ra + n * Float.BYTES), columns);
          Lanes.set(ra + n * Float.BYTES, scale);
          CpuNorm.gate(zs.at(n), os.at(n), us.at(n), scale, o.columns());
        });
  }

  @Override
  public void products(Tensor s, Tensor dz, Tensor o, Tensor u, Tensor r) {
    requireLike(o, r, dz, u);
    Shapes.dense("s", s, o.rows());
    long sa = address(s);
    long ra = address(r);
    Rows dzs = Rows.of(dz);
    Rows os = Rows.of(o);
    Rows us = Rows.of(u);
    tasks.run(
        o.rows(),
        o.columns(),
        n -> {
          float scale = Lanes.get(ra + n * Float.BYTES);
          float sum = CpuNorm.gatedProduct(dzs.at(n), os.at(n), us.at(n), scale, o.columns());
          Lanes.set(sa + n * Float.BYTES, sum);
        });
  }

  @Override
  public void gatedBackward(
      Tensor dO, Tensor dU, Tensor dz, Tensor o, Tensor u, Tensor r, Tensor s, int columns) {
    requireLike(o, r, dO, dU, dz, u);
    Shapes.dense("s", s, o.rows());
    long ra = address(r);
    long sa = address(s);
    Rows dOs = Rows.of(dO);
    Rows dUs = Rows.of(dU);
    Rows dzs = Rows.of(dz);
    Rows os = Rows.of(o);
    Rows us = Rows.of(u);
    tasks.run(
        o.rows(),
        o.columns(),
        n ->
            CpuNorm.gatedBackward(
                dOs.at(n),
                dUs.at(n),
                dzs.at(n),
                os.at(n),
                us.at(n),
                Lanes.get(ra + n * Float.BYTES),
                Lanes.get(sa + n * Float.BYTES) / columns,
                o.columns()));
  }

  private static void requireLike(Tensor o, Tensor r, Tensor... others) {
    for (Tensor other : others) {
      Shapes.matrix("gradient or gate", other, o.rows(), o.columns());
    }
    Shapes.dense("r", r, o.rows());
  }
}
