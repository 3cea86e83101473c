package org.transnormer.model.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.backend.TokenChoice;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** The choice of tokens; sample.cu. They stay on the device until someone collects them. */
final class CudaTokenChoice implements TokenChoice {

  private static final int THREADS = 1024;
  private static final int NUMBERS_OF_A_RULE = 4;

  /** Logits of a row whose weights the kernel's sums hold. */
  private static final int MOST_LOGITS = 1 << 18;

  /** Tokens that can wait to be collected; as many as sequences are ever decoded together. */
  private static final int MOST = 1 << 16;

  private final Kernels kernels;
  private final List<Pending> pending = new ArrayList<>();
  private int used;

  private record Pending(int[] tokens, int from, int count, int at) {}

  CudaTokenChoice(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void choose(int[] tokens, Tensor logits, List<Rule> rules, int from) {
    CudaStorage.require(logits, ElementType.F32);
    int rows = Math.toIntExact(logits.rows());
    Kernels.require(
        logits.columns() <= MOST_LOGITS,
        "a choice among at most %d tokens, not %d",
        MOST_LOGITS,
        logits.columns());
    Kernels.require(used + rows <= MOST, "tokens of too many rows were never asked for");
    long[] numbers = new long[NUMBERS_OF_A_RULE * rows];
    for (int row = 0; row < rows; row++) {
      Rule rule = rules.get(from + row);
      int at = NUMBERS_OF_A_RULE * row;
      numbers[at] = Double.doubleToRawLongBits(rule.temperature());
      numbers[at + 1] = Double.doubleToRawLongBits(rule.topP());
      numbers[at + 2] = Double.doubleToRawLongBits(rule.uniform());
      numbers[at + 3] = Double.doubleToRawLongBits(rule.topK());
    }
    long on = kernels.longs(numbers);
    long chosen = kernels.scratch("chosen", (long) MOST * Integer.BYTES);
    kernels
        .arguments()
        .add(chosen + (long) used * Integer.BYTES)
        .matrix(logits)
        .add(logits.columns())
        .add(on);
    kernels.launch("sample", Grid.of(rows), THREADS);
    pending.add(new Pending(tokens, from, rows, used));
    used += rows;
  }

  /** Brings the tokens into the host arrays that they belong to. */
  void collect() {
    if (pending.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate((long) used * Integer.BYTES, Integer.BYTES);
      kernels.launcher().read(all, kernels.scratch("chosen", 0));
      for (Pending part : pending) {
        long at = (long) part.at * Integer.BYTES;
        MemorySegment.copy(all, ValueLayout.JAVA_INT, at, part.tokens, part.from, part.count);
      }
    } finally {
      pending.clear();
      used = 0;
    }
  }
}
