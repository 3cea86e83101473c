package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Norm;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** SRMSNorm; norm.cu. */
final class CudaNorm implements Norm {

  private final Kernels kernels;

  CudaNorm(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void forward(Tensor y, Tensor r, Tensor x) {
    Shapes.matrix("y", y, x.rows(), x.columns());
    requireFactors(r, x);
    String kernel = "norm_" + CudaStorage.suffix(y) + "_" + CudaStorage.suffix(x);
    kernels.arguments().matrix(y).vector(r).matrix(x).add(x.columns()).add((float) EPSILON);
    kernels.launchRows(kernel, x.rows(), x.columns());
  }

  @Override
  public void backward(Write write, Tensor dx, Tensor dy, Tensor y, Tensor r) {
    Shapes.matrix("dx", dx, y.rows(), y.columns());
    Shapes.matrix("dy", dy, y.rows(), y.columns());
    requireFactors(r, y);
    kernels
        .arguments()
        .matrix(dx)
        .matrix(dy)
        .matrix(y)
        .vector(r)
        .add(y.columns())
        .add(write == Write.ACCUMULATE);
    kernels.launchRows("norm_backward_" + CudaStorage.suffix(dx, dy, y), y.rows(), y.columns());
  }

  @Override
  public void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u) {
    Shapes.matrix("z", z, o.rows(), o.columns());
    Shapes.matrix("u", u, o.rows(), o.columns());
    requireFactors(r, o);
    kernels
        .arguments()
        .matrix(z)
        .vector(r)
        .matrix(o)
        .matrix(u)
        .add(o.columns())
        .add((float) EPSILON);
    kernels.launchRows("gated_norm_" + CudaStorage.suffix(z, o, u), o.rows(), o.columns());
  }

  @Override
  public void gatedBackward(Tensor dO, Tensor dU, Tensor dz, Tensor o, Tensor u, Tensor r) {
    for (Tensor other : new Tensor[] {dO, dU, dz, u}) {
      Shapes.matrix("a gradient or gate", other, o.rows(), o.columns());
    }
    requireFactors(r, o);
    kernels
        .arguments()
        .matrix(dO)
        .matrix(dU)
        .matrix(dz)
        .matrix(o)
        .matrix(u)
        .vector(r)
        .add(o.columns());
    kernels.launchRows(
        "gated_norm_backward_" + CudaStorage.suffix(dO, dU, dz, o, u), o.rows(), o.columns());
  }

  private static void requireFactors(Tensor r, Tensor x) {
    Shapes.dense("r", r, x.rows());
    CudaStorage.require(r, ElementType.F32);
  }
}
