package org.transnormer.model.backend.cuda;

import java.util.Arrays;
import org.transnormer.model.backend.Embedding;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** Rows of a table by token; embedding.cu. */
final class CudaEmbedding implements Embedding {

  private static final int THREADS = 128;

  private final Kernels kernels;

  CudaEmbedding(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void forward(Tensor x, Tensor table, int[] tokens, int from, double scale) {
    int columns = table.columns();
    Shapes.matrix("x", x, x.rows(), columns);
    int count = requireTokens(table, tokens, from, x.rows());
    long at = kernels.ints(tokens, from, count);
    kernels.arguments().matrix(x).matrix(table).add(at).add(columns).add((float) scale);
    kernels.launchRows(
        "embedding_" + CudaStorage.suffix(x) + "_" + CudaStorage.suffix(table), count, columns);
  }

  @Override
  public void backward(
      Tensor dTable, Tensor dx, int[] tokens, int from, double scale, int padToken) {
    int columns = dTable.columns();
    Shapes.matrix("dx", dx, dx.rows(), columns);
    CudaStorage.require(dTable, ElementType.F32);
    int count = requireTokens(dTable, tokens, from, dx.rows());
    Groups groups = Groups.of(tokens, from, count, Math.toIntExact(dTable.rows()));
    long at = kernels.ints(tokens, from, count);
    long order = kernels.ints(groups.order, 0, count);
    long begins = kernels.ints(groups.begins, 0, groups.begins.length);
    kernels
        .arguments()
        .matrix(dTable)
        .matrix(dx)
        .add(at)
        .add(order)
        .add(begins + Integer.BYTES)
        .add(begins)
        .add(columns)
        .add((float) scale)
        .add(padToken);
    kernels.launch(
        "embedding_backward_" + CudaStorage.suffix(dx),
        Grid.of(count, Math.ceilDiv(columns, THREADS)),
        THREADS);
  }

  /**
   * Rows by token.
   *
   * @param order all rows, sorted by token, equal ones in their order
   * @param begins the number of different tokens, then where each one's rows begin, then their end;
   *     of a length that depends on the number of rows alone
   */
  record Groups(int[] order, int[] begins) {

    static Groups of(int[] tokens, int from, int count, int vocabulary) {
      int[] next = new int[vocabulary + 1];
      for (int n = 0; n < count; n++) {
        next[tokens[from + n] + 1]++;
      }
      int[] begins = new int[count + 2];
      int different = 0;
      for (int token = 0; token < vocabulary; token++) {
        if (next[token + 1] > 0) {
          begins[++different] = next[token];
        }
        next[token + 1] += next[token];
      }
      begins[0] = different;
      Arrays.fill(begins, different + 1, begins.length, count);
      int[] order = new int[count];
      for (int n = 0; n < count; n++) {
        order[next[tokens[from + n]]++] = n;
      }
      return new Groups(order, begins);
    }
  }

  private static int requireTokens(Tensor table, int[] tokens, int from, long count) {
    for (long n = from; n < from + count; n++) {
      int token = tokens[(int) n];
      if (token < 0 || token >= table.rows()) {
        throw new IllegalArgumentException(
            "token %d at %d is outside the vocabulary of %d".formatted(token, n, table.rows()));
      }
    }
    return Math.toIntExact(count);
  }
}
