package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Positions;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** LRPE; positions.cu. */
final class CudaPositions implements Positions {

  /** Rows whose contributions to theta's gradient are one partial sum, as in the kernel. */
  private static final int ROWS_PER_SUM = 64;

  private static final int THREADS = 128;

  private final Kernels kernels;

  CudaPositions(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void angles(
      Tensor cosines, Tensor sines, Tensor theta, long[] positions, PhaseRounding rounding) {
    int columns = cosines.columns();
    Shapes.matrix("cosines", cosines, positions.length, columns);
    Shapes.matrix("sines", sines, positions.length, columns);
    Shapes.dense("theta", theta, columns);
    requireFloats(cosines, sines, theta);
    long at = kernels.longs(positions);
    kernels
        .arguments()
        .matrix(cosines)
        .matrix(sines)
        .vector(theta)
        .add(at)
        .add(columns)
        .add(rounding == PhaseRounding.BFLOAT16);
    kernels.launch("lrpe_angles", Grid.of(positions.length), THREADS);
  }

  @Override
  public void forward(Tensor y, Tensor x, Tensor cosines, Tensor sines, int heads) {
    int columns = x.columns();
    int period = requireAngles(x, cosines, sines, heads);
    Shapes.matrix("y", y, x.rows(), 2 * columns);
    kernels
        .arguments()
        .matrix(y)
        .matrix(x)
        .matrix(cosines)
        .matrix(sines)
        .add(period)
        .add(columns / heads)
        .add(columns);
    kernels.launch("lrpe_" + CudaStorage.suffix(y, x), Grid.of(x.rows()), THREADS);
  }

  @Override
  public void backward(
      Tensor dx,
      Tensor dTheta,
      Tensor dy,
      Tensor x,
      Tensor cosines,
      Tensor sines,
      long[] positions,
      int heads) {
    int columns = x.columns();
    int rows = Math.toIntExact(x.rows());
    int period = requireAngles(x, cosines, sines, heads);
    Shapes.matrix("dx", dx, rows, columns);
    Shapes.matrix("dy", dy, rows, 2 * columns);
    Shapes.dense("dTheta", dTheta, columns);
    requireFloats(dTheta);
    Kernels.require(positions.length == period, "as many positions as rows of angles");
    int sums = Math.ceilDiv(rows, ROWS_PER_SUM);
    long partial = kernels.scratch("partial sums", (long) sums * columns * Float.BYTES);
    long at = kernels.longs(positions);
    kernels
        .arguments()
        .matrix(dx)
        .add(partial)
        .matrix(dy)
        .matrix(x)
        .matrix(cosines)
        .matrix(sines)
        .add(at)
        .add(period)
        .add(columns / heads)
        .add(columns)
        .add(rows);
    int blocks = Math.ceilDiv(columns, THREADS);
    kernels.launch(
        "lrpe_backward_" + CudaStorage.suffix(dx, dy, x), Grid.of(blocks, sums), THREADS);
    kernels.arguments().vector(dTheta).add(partial).add(sums).add(columns);
    kernels.launch("sum_columns", Grid.of(blocks), THREADS);
  }

  private static int requireAngles(Tensor x, Tensor cosines, Tensor sines, int heads) {
    Kernels.require(x.columns() % heads == 0, "heads do not divide the columns of %s", x);
    long period = cosines.rows();
    Shapes.matrix("cosines", cosines, period, x.columns());
    Shapes.matrix("sines", sines, period, x.columns());
    requireFloats(cosines, sines);
    Kernels.require(period > 0 && x.rows() % period == 0, "angles do not fit %s", x);
    return Math.toIntExact(period);
  }

  private static void requireFloats(Tensor... tensors) {
    for (Tensor tensor : tensors) {
      CudaStorage.require(tensor, ElementType.F32);
    }
  }
}
