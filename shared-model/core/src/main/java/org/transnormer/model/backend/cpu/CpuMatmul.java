package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;

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
    int outputs = Math.toIntExact(w.rows());
    int inputs = w.columns();
    int rows = Math.toIntExact(x.rows());
    long ya = address(y);
    long xa = address(x);
    long wa = address(w);
    float beta = beta(write);
    Cuts cuts = Cuts.of(rows, outputs, inputs, parts);
    pool.run(
        cuts.parts(),
        (part, _) -> {
          long row = cuts.firstRow(part);
          long column = cuts.firstColumn(part);
          gemm.multiply(
              false,
              true,
              cuts.rows(part),
              cuts.columns(part),
              inputs,
              xa + row * Shapes.stride(x),
              x.rowStride(),
              wa + column * inputs * Float.BYTES,
              inputs,
              beta,
              ya + row * Shapes.stride(y) + column * Float.BYTES,
              y.rowStride());
        });
  }

  /** {@link #forward} with a w that becomes floats a panel at a time, while it is in the cache. */
  private void forwardWidening(Write write, Tensor y, Tensor x, Tensor w) {
    int outputs = Math.toIntExact(w.rows());
    int inputs = w.columns();
    int rows = Math.toIntExact(x.rows());
    long ya = address(y);
    long xa = address(x);
    StoredRows stored = StoredRows.of(w);
    float beta = beta(write);
    int evenly = Math.max(FEWEST_OUTPUTS, Math.ceilDiv(outputs, FIXED_PARTS));
    int panel =
        Math.max(Cuts.GRAIN, Math.min(evenly, PANEL_FLOATS / inputs) / Cuts.GRAIN * Cuts.GRAIN);
    pool.run(
        Math.ceilDiv(outputs, panel),
        (task, worker) -> {
          int from = task * panel;
          int count = Math.min(panel, outputs - from);
          long floats = scratch[worker].floats((long) panel * inputs);
          for (int o = 0; o < count; o++) {
            stored.read(floats + (long) o * inputs * Float.BYTES, from + o);
          }
          gemm.multiply(
              false,
              true,
              rows,
              count,
              inputs,
              xa,
              x.rowStride(),
              floats,
              inputs,
              beta,
              ya + (long) from * Float.BYTES,
              y.rowStride());
        });
  }

  @Override
  public void forwardFew(Write write, Tensor y, Tensor x, Tensor w) {
    require(y, x, w);
    FewRows product = FewRows.of(write == Write.ACCUMULATE, y, x, w, scratch);
    pool.runHelping(product.tasks(), product);
  }

  private static void require(Tensor y, Tensor x, Tensor w) {
    Shapes.matrix("x", x, x.rows(), w.columns());
    Shapes.matrix("y", y, x.rows(), Math.toIntExact(w.rows()));
    Shapes.dense("w", w, w.elements());
  }

  @Override
  public void backwardInput(Write write, Tensor dx, Tensor dy, Tensor w) {
    int outputs = Math.toIntExact(w.rows());
    int inputs = w.columns();
    int rows = Math.toIntExact(dy.rows());
    Shapes.matrix("dx", dx, rows, inputs);
    Shapes.matrix("dy", dy, rows, outputs);
    Shapes.dense("w", w, (long) outputs * inputs);
    long dxa = address(dx);
    long dya = address(dy);
    long wa = address(w);
    float beta = beta(write);
    Cuts cuts = Cuts.of(rows, inputs, outputs, parts);
    pool.run(
        cuts.parts(),
        (part, _) -> {
          long row = cuts.firstRow(part);
          long column = cuts.firstColumn(part);
          gemm.multiply(
              false,
              false,
              cuts.rows(part),
              cuts.columns(part),
              outputs,
              dya + row * Shapes.stride(dy),
              dy.rowStride(),
              wa + column * Float.BYTES,
              inputs,
              beta,
              dxa + row * Shapes.stride(dx) + column * Float.BYTES,
              dx.rowStride());
        });
  }

  @Override
  public void backwardWeight(Tensor dw, Tensor dy, Tensor x) {
    int outputs = Math.toIntExact(dw.rows());
    int inputs = dw.columns();
    int rows = Math.toIntExact(dy.rows());
    Shapes.matrix("dy", dy, rows, outputs);
    Shapes.matrix("x", x, rows, inputs);
    Shapes.dense("dw", dw, (long) outputs * inputs);
    long dwa = address(dw);
    long dya = address(dy);
    long xa = address(x);
    Cuts cuts = Cuts.of(outputs, inputs, rows, parts);
    pool.run(
        cuts.parts(),
        (part, _) -> {
          long row = cuts.firstRow(part);
          long column = cuts.firstColumn(part);
          gemm.multiply(
              true,
              false,
              cuts.rows(part),
              cuts.columns(part),
              rows,
              dya + row * Float.BYTES,
              dy.rowStride(),
              xa + column * Float.BYTES,
              x.rowStride(),
              1f,
              dwa + (row * inputs + column) * Float.BYTES,
              inputs);
        });
  }

  private static float beta(Write write) {
    return write == Write.ACCUMULATE ? 1f : 0f;
  }
}
