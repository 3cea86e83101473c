package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.Tensor;

/** Products of large decoding steps; many_rows.cu, in bfloat16. */
final class ManyRows {

  /** Rows from which on they are faster than those for few, with the same bits. */
  static final int FEWEST = 65;

  /** As in the kernels. */
  private static final int THREADS = 256;

  private static final int ROWS_OF_X = 64;
  private static final int ROWS_OF_W = 128;
  private static final int ROWS_OF_NARROW_W = 32;
  private static final int SHARED_BYTES = 96 * 1024;

  private ManyRows() {}

  /**
   * @param kind add, glu, or y's type
   */
  static void launch(Kernels kernels, String kind, Tensor y, Tensor x, Tensor w) {
    int rowsOfW = kind.equals("add") ? ROWS_OF_NARROW_W : ROWS_OF_W;
    int columns = kind.equals("glu") ? rowsOfW / 2 : rowsOfW;
    int rows = Math.toIntExact(x.rows());
    kernels.arguments().matrix(y).matrix(x).vector(w).add(rows).add(y.columns()).add(x.columns());
    kernels.launch(
        "many_rows_" + kind,
        Grid.of(Math.ceilDiv(y.columns(), columns), Math.ceilDiv(rows, ROWS_OF_X)),
        THREADS,
        SHARED_BYTES);
  }
}
