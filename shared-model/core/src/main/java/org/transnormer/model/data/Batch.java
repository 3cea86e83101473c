package org.transnormer.model.data;

import java.util.BitSet;

/** Rows of tokens for one step, each row with its successor tokens. */
public final class Batch {

  private final int rows;
  private final int length;
  private final int[] inputs;
  private final int[] targets;
  private final int[] starts;
  private final BitSet ends = new BitSet();

  private Batch(int rows, int length) {
    this.rows = rows;
    this.length = length;
    this.inputs = new int[Math.multiplyExact(rows, length)];
    this.targets = new int[inputs.length];
    this.starts = new int[inputs.length];
  }

  /** Where a row comes from: the token that it begins with. */
  interface Places {
    Place of(int row);
  }

  record Place(Tokens tokens, long from) {}

  /** Reads rows of {@code length} tokens and the one behind them. */
  static Batch read(int rows, int length, Places places) {
    Batch batch = new Batch(rows, length);
    int[] window = new int[length + 1];
    for (int row = 0; row < rows; row++) {
      Place place = places.of(row);
      place.tokens.read(place.from, window, 0, length + 1);
      System.arraycopy(window, 0, batch.inputs, row * length, length);
      System.arraycopy(window, 1, batch.targets, row * length, length);
      batch.markDocuments(row, place);
    }
    return batch;
  }

  private void markDocuments(int row, Place place) {
    long document = place.tokens.documentAt(place.from);
    long end = place.tokens.documentEnd(document);
    int start = 0;
    for (int i = 0; i < length; i++) {
      starts[row * length + i] = start;
      if (place.from + i + 1 == end) {
        ends.set(row * length + i);
        start = i + 1;
        if (i + 1 < length) {
          end = place.tokens.documentEnd(++document);
        }
      }
    }
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

  /**
   * rows x T; the position in its row at which a token's document begins, 0 where it began before.
   */
  public int[] starts() {
    return starts;
  }

  /** Whether {@code inputs[i]} is the last token of its document. */
  public boolean endsDocument(int i) {
    return ends.get(i);
  }
}
