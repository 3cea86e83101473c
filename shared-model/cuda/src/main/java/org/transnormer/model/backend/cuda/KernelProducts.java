package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.Tensor;

/** Products by a kernel of ours, an element a thread; matmul.cu. For emulation and odd shapes. */
final class KernelProducts implements Products {

  private static final int THREADS = 64;

  /** Most rows of a grid. */
  private static final int MOST_ROWS = 65_535;

  private final Kernels kernels;

  KernelProducts(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void multiply(boolean accumulate, Tensor c, Factor a, Factor b) {
    int n = Math.toIntExact(b.columns());
    String kernel = "product_" + CudaStorage.suffix(c) + "_" + CudaStorage.suffix(a.x(), b.x());
    for (long from = 0; from < c.rows(); from += MOST_ROWS) {
      long rows = Math.min(MOST_ROWS, c.rows() - from);
      Factor part = rows == c.rows() ? a : rows(a, from, rows);
      kernels.arguments().matrix(c.rows(from, from + rows));
      factor(part);
      factor(b);
      kernels.current().add(n).add(Math.toIntExact(a.columns())).add(accumulate);
      kernels.launch(kernel, Grid.of(Math.ceilDiv(n, THREADS), rows), THREADS);
    }
  }

  private static Factor rows(Factor a, long from, long count) {
    return a.transposed()
        ? Factor.transposed(a.x().columns((int) from, (int) (from + count)))
        : Factor.of(a.x().rows(from, from + count));
  }

  private void factor(Factor factor) {
    int stride = factor.x().rowStride();
    kernels
        .current()
        .vector(factor.x())
        .add(factor.transposed() ? 1 : stride)
        .add(factor.transposed() ? stride : 1);
  }

  @Override
  public String describe() {
    return "own kernels";
  }
}
