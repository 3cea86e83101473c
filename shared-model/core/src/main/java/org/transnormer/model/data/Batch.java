package org.transnormer.model.data;

/** Rows of tokens for one step, each row with its successor tokens. */
public final class Batch {

  private final int rows;
  private final int length;
  private final int[] inputs;
  private final int[] targets;

  Batch(int rows, int length, int[] inputs, int[] targets) {
    this.rows = rows;
    this.length = length;
    this.inputs = inputs;
    this.targets = targets;
  }

  public int rows() {
    return rows;
  }

  /** T, tokens of a row. */
  public int length() {
    return length;
  }

  /** rows x T */
  public int[] inputs() {
    return inputs;
  }

  /** rows x T; {@code targets[i]} follows {@code inputs[i]} in the data. */
  public int[] targets() {
    return targets;
  }
}
