package org.transnormer.model.cli.verify;

import java.util.List;

/** What came of one subject. */
public sealed interface Outcome {

  /**
   * @param unknown tensors of the file that nothing here computes; they count for neither side
   */
  record Compared(List<Comparison> comparisons, List<String> unknown) implements Outcome {
    public Compared {
      comparisons = List.copyOf(comparisons);
      unknown = List.copyOf(unknown);
    }

    public boolean holds() {
      return !comparisons.isEmpty() && comparisons.stream().allMatch(Comparison::holds);
    }
  }

  /** Not of a kind that is known here; not a success. */
  record Skipped(String reason) implements Outcome {}

  /** Of a known kind, but it cannot be read. */
  record Unreadable(String reason) implements Outcome {}
}
