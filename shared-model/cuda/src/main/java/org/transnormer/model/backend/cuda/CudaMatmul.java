package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Matmul;
import org.transnormer.model.backend.Write;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.backend.cuda.Products.Factor;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** Products with weights; large ones by {@link Products}, few rows by matmul.cu. */
final class CudaMatmul implements Matmul {

  /** As in the kernel. */
  private static final int OUTPUTS = 16;

  private static final int ROWS_OF_A_GROUP = 8;
  private static final int MOST_GROUPS = 8;
  private static final int THREADS = 256;

  /** Elements of 16 bytes, which the kernel for few rows reads at a time. */
  private static final int ALIGNED = 8;

  private final Kernels kernels;
  private final Products products;
  private final Products exact;

  CudaMatmul(Kernels kernels) {
    this.kernels = kernels;
    this.products = kernels.launcher().products();
    this.exact = new KernelProducts(kernels);
  }

  @Override
  public void forward(Write write, Tensor y, Tensor x, Tensor w) {
    require(y, x, w);
    products.multiply(accumulates(write), y, Factor.of(x), Factor.transposed(w));
  }

  @Override
  public void forwardFew(Write write, Tensor y, Tensor x, Tensor w) {
    require(y, x, w);
    if (x.type() != ElementType.BF16 || !aligned(x) || !aligned(w)) {
      exact.multiply(accumulates(write), y, Factor.of(x), Factor.transposed(w));
      return;
    }
    int rows = Math.toIntExact(x.rows());
    if (rows >= ManyRows.FEWEST && (!accumulates(write) || y.type() == ElementType.F32)) {
      ManyRows.launch(kernels, accumulates(write) ? "add" : CudaStorage.suffix(y), y, x, w);
      return;
    }
    int wanted = Math.ceilDiv(rows, ROWS_OF_A_GROUP);
    int groups = wanted <= 2 ? wanted : wanted <= 4 ? 4 : MOST_GROUPS;
    kernels
        .arguments()
        .matrix(y)
        .matrix(x)
        .vector(w)
        .add(rows)
        .add(Math.toIntExact(w.rows()))
        .add(w.columns())
        .add(accumulates(write));
    kernels.launch(
        "few_rows_" + groups + "_" + CudaStorage.suffix(y),
        Grid.of(Math.ceilDiv(w.rows(), OUTPUTS), Math.ceilDiv(rows, groups * ROWS_OF_A_GROUP)),
        THREADS);
  }

  /** Whether every row begins at 16 bytes and is whole pieces of them. */
  private static boolean aligned(Tensor x) {
    return x.offset() % ALIGNED == 0 && x.rowStride() % ALIGNED == 0 && x.columns() % ALIGNED == 0;
  }

  @Override
  public void backwardInput(Write write, Tensor dx, Tensor dy, Tensor w) {
    Shapes.matrix("dx", dx, dy.rows(), w.columns());
    Shapes.matrix("w", w, dy.columns(), w.columns());
    Shapes.dense("w", w, w.elements());
    products.multiply(accumulates(write), dx, Factor.of(dy), Factor.of(w));
  }

  @Override
  public void backwardWeight(Tensor dw, Tensor dy, Tensor x) {
    Shapes.matrix("dw", dw, dy.columns(), x.columns());
    Shapes.matrix("dy", dy, x.rows(), dy.columns());
    products.multiply(true, dw, Factor.transposed(dy), Factor.of(x));
  }

  private static boolean accumulates(Write write) {
    return write == Write.ACCUMULATE;
  }

  private static void require(Tensor y, Tensor x, Tensor w) {
    Shapes.matrix("y", y, x.rows(), Math.toIntExact(w.rows()));
    Shapes.matrix("w", w, w.rows(), x.columns());
    Shapes.dense("w", w, w.elements());
  }
}
