package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.transnormer.model.backend.Embedding;
import org.transnormer.model.tensor.Tensor;

/** Gather and scatter of table rows. */
final class CpuEmbedding implements Embedding {

  /** Columns of one scatter task; a column's sums are never shared. */
  private static final int COLUMNS_PER_TASK = 8 * WIDTH;

  private final WorkerPool pool;
  private final RowTasks tasks;

  CpuEmbedding(WorkerPool pool, RowTasks tasks) {
    this.pool = pool;
    this.tasks = tasks;
  }

  @Override
  public void forward(Tensor x, Tensor table, int[] tokens, int from, double scale) {
    int columns = table.columns();
    Shapes.matrix("x", x, x.rows(), columns);
    requireTokens(table, tokens, from, x.rows());
    Rows xs = Rows.of(x);
    StoredRows rows = StoredRows.of(table);
    tasks.run(
        x.rows(),
        columns,
        n -> {
          long xn = xs.at(n);
          rows.read(xn, tokens[from + (int) n]);
          scale(xn, xn, (float) scale, columns);
        });
  }

  @Override
  public void backward(
      Tensor dTable, Tensor dx, int[] tokens, int from, double scale, int padToken) {
    int columns = dTable.columns();
    Shapes.matrix("dx", dx, dx.rows(), columns);
    requireTokens(dTable, tokens, from, dx.rows());
    Rows dTables = Rows.of(dTable);
    Rows dxs = Rows.of(dx);
    pool.run(
        Math.ceilDiv(columns, COLUMNS_PER_TASK),
        (task, _) -> {
          int first = task * COLUMNS_PER_TASK;
          int count = Math.min(COLUMNS_PER_TASK, columns - first);
          long column = (long) first * Float.BYTES;
          for (int n = 0; n < dx.rows(); n++) {
            int token = tokens[from + n];
            if (token != padToken) {
              long row = dTables.at(token) + column;
              addScaled(row, dxs.at(n) + column, (float) scale, count);
            }
          }
        });
  }

  private static void requireTokens(Tensor table, int[] tokens, int from, long count) {
    for (long n = from; n < from + count; n++) {
      int token = tokens[(int) n];
      if (token < 0 || token >= table.rows()) {
        throw new IllegalArgumentException(
            "token %d at %d is outside the vocabulary of %d".formatted(token, n, table.rows()));
      }
    }
  }

  private static void scale(long y, long x, float scale, int columns) {
    for (int j = 0; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(y + at, Lanes.load(x + at, rest).mul(scale), rest);
    }
  }

  private static void addScaled(long y, long x, float scale, int columns) {
    FloatVector factor = Lanes.broadcast(scale);
    for (int j = 0; j < columns; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(y + at, Lanes.load(x + at, rest).fma(factor, Lanes.load(y + at, rest)), rest);
    }
  }
}
