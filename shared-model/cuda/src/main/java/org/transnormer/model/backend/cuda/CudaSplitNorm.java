package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Norm;
import org.transnormer.model.backend.SplitNorm;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** A device's part of SRMSNorm over columns of several; split_norm.cu. */
final class CudaSplitNorm implements SplitNorm {

  private final Kernels kernels;

  CudaSplitNorm(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void squares(Tensor s, Tensor o) {
    requireSums(s, o);
    kernels.arguments().vector(s).matrix(o).add(o.columns());
    kernels.launchRows("split_squares_" + CudaStorage.suffix(o), o.rows(), o.columns());
  }

  @Override
  public void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u, int columns) {
    requireShapes(o, z, u);
    requireSums(r, o);
    kernels
        .arguments()
        .matrix(z)
        .vector(r)
        .matrix(o)
        .matrix(u)
        .add(o.columns())
        .add(columns)
        .add((float) Norm.EPSILON);
    kernels.launchRows("split_gated_norm_" + CudaStorage.suffix(z, o, u), o.rows(), o.columns());
  }

  @Override
  public void products(Tensor s, Tensor dz, Tensor o, Tensor u, Tensor r) {
    requireShapes(o, dz, u);
    requireSums(s, o);
    requireSums(r, o);
    kernels.arguments().vector(s).matrix(dz).matrix(o).matrix(u).vector(r).add(o.columns());
    kernels.launchRows("split_products_" + CudaStorage.suffix(dz, o, u), o.rows(), o.columns());
  }

  @Override
  public void gatedBackward(
      Tensor dO, Tensor dU, Tensor dz, Tensor o, Tensor u, Tensor r, Tensor s, int columns) {
    requireShapes(o, dO, dU, dz, u);
    requireSums(r, o);
    requireSums(s, o);
    kernels
        .arguments()
        .matrix(dO)
        .matrix(dU)
        .matrix(dz)
        .matrix(o)
        .matrix(u)
        .vector(r)
        .vector(s)
        .add(o.columns())
        .add(columns);
    kernels.launchRows(
        "split_gated_norm_backward_" + CudaStorage.suffix(dO, dU, dz, o, u), o.rows(), o.columns());
  }

  private static void requireShapes(Tensor o, Tensor... others) {
    for (Tensor other : others) {
      Shapes.matrix("a gradient, gate or result", other, o.rows(), o.columns());
    }
  }

  private static void requireSums(Tensor s, Tensor x) {
    Shapes.dense("a row's number", s, x.rows());
    CudaStorage.require(s, ElementType.F32);
  }
}
