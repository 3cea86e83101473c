package org.transnormer.model.backend.cpu;

import org.transnormer.model.backend.Matmul;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * Products cut into parts for the pool. No sum is shared between parts; how many there are depends
 * on the number of threads only where the bits do not depend on the cuts.
 */
final class CpuMatmul implements Matmul {

  /** Parts where the number of threads must not count. */
  private static final int FIXED_PARTS = 8;

  /** Rows up to which a stream over w is faster than packing it. */
  private static final int MOST_FEW_ROWS = 8;

  /** Rows of w below which packing x for a panel of them costs more than the panel brings. */
  private static final int FEWEST_OUTPUTS = 96;

  /** Floats of a panel of w: large enough to be worth a product, small enough for a cache. */
  private static final int PANEL_FLOATS = 1 << 18;

  private final WorkerPool pool;
  private final Gemm gemm;
  private final Scratch[] scratch;
  private final int parts;

  CpuMatmul(WorkerPool pool, Gemm gemm) {
    this.pool = pool;
    this.gemm = gemm;
    this.scratch = Scratch.perWorker(pool);
    this.parts = gemm.sameBitsHoweverCut() ? pool.threads() : FIXED_PARTS;
  }

  @Override
  public void forward(Write write, Tensor y, Tensor x, Tensor w) {
    if (x.rows() <= MOST_FEW_ROWS) {
      forwardFew(write, y, x, w);
      return;
    }
    require(y, x, w);
    if (w.type() != ElementType.F32) {
      forwardWidening(write, y, x, w);
      return;
    }
    multiply(write, y, false, x, true, w, w.columns());
  }

  /** c = op(a) op(b), with k multiplications for each sum; {@code op} transposes where told. */
  private void multiply(
      Write write, Tensor c, boolean transposeA, Tensor a, boolean transposeB, Tensor b, long k) {
    int depth = Math.toIntExact(k);
    Rows cs = Rows.of(c);
    Rows as = Rows.of(a);
    Rows bs = Rows.of(b);
    Cuts cuts = Cuts.of(Math.toIntExact(c.rows()), c.columns(), depth, parts);
    pool.run(
        cuts.parts(),
        (part, _) -> {
          int row = cuts.firstRow(part);
          int column = cuts.firstColumn(part);
          gemm.multiply(
              transposeA,
              transposeB,
              cuts.rows(part),
              cuts.columns(part),
              depth,
              transposeA ? as.at(0, row) : as.at(row),
              as.stride(),
              transposeB ? bs.at(column) : bs.at(0, column),
              bs.stride(),
              beta(write),
              cs.at(row, column),
              cs.stride());
        });
  }

  /** {@link #forward} with a w that becomes floats a panel at a time, while it is in the cache. */
  private void forwardWidening(Write write, Tensor y, Tensor x, Tensor w) {
    int outputs = Math.toIntExact(w.rows());
    int inputs = w.columns();
    int rows = Math.toIntExact(x.rows());
    Rows ys = Rows.of(y);
    Rows xs = Rows.of(x);
    StoredRows stored = StoredRows.of(w);
    int evenly = Math.max(FEWEST_OUTPUTS, Math.ceilDiv(outputs, FIXED_PARTS));
    int panel =
        Math.max(Cuts.GRAIN, Math.min(evenly, PANEL_FLOATS / inputs) / Cuts.GRAIN * Cuts.GRAIN);
    pool.run(
        Math.ceilDiv(outputs, panel),
        (task, worker) -> {
          int from = task * panel;
          int count = Math.min(panel, outputs - from);
          Rows floats = new Rows(scratch[worker].floats((long) panel * inputs), inputs);
          for (int o = 0; o < count; o++) {
            stored.read(floats.at(o), from + o);
          }
          gemm.multiply(
              false,
              true,
              rows,
              count,
              inputs,
              xs.address(),
              xs.stride(),
              floats.address(),
              inputs,
              beta(write),
              ys.at(0, from),
              ys.stride());
        });
  }

  @Override
  public void forwardFew(Write write, Tensor y, Tensor x, Tensor w) {
    require(y, x, w);
    FewRows product = FewRows.of(write == Write.ACCUMULATE, y, x, w, scratch);
    pool.runHelping(product.tasks(), product);
  }

  /** Outputs [N, O], inputs [N, I] and dense weights [O, I], or the gradients of them. */
  private static void require(Tensor y, Tensor x, Tensor w) {
    Shapes.matrix("x", x, x.rows(), w.columns());
    Shapes.matrix("y", y, x.rows(), Math.toIntExact(w.rows()));
    Shapes.dense("w", w, w.elements());
  }

  @Override
  public void backwardInput(Write write, Tensor dx, Tensor dy, Tensor w) {
    require(dy, dx, w);
    multiply(write, dx, false, dy, false, w, w.rows());
  }

  @Override
  public void backwardWeight(Tensor dw, Tensor dy, Tensor x) {
    require(dy, x, dw);
    multiply(Write.ACCUMULATE, dw, true, dy, false, x, x.rows());
  }

  private static float beta(Write write) {
    return write == Write.ACCUMULATE ? 1f : 0f;
  }
}
