package org.transnormer.model.lm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Unnormalised log-probabilities in host memory: {@code rows x vocab} floats, row by row. */
public final class Logits {

  private static final long ALIGNMENT = 64;

  private final int rows;
  private final int vocab;
  private final MemorySegment data;

  public Logits(int rows, int vocab) {
    if (rows < 1 || vocab < 1) {
      throw new IllegalArgumentException("%d rows of %d logits".formatted(rows, vocab));
    }
    this.rows = rows;
    this.vocab = vocab;
    this.data = Arena.ofAuto().allocate((long) rows * vocab * Float.BYTES, ALIGNMENT);
  }

  public int rows() {
    return rows;
  }

  public int vocab() {
    return vocab;
  }

  public float get(int row, int token) {
    return data.getAtIndex(ValueLayout.JAVA_FLOAT, index(row, token));
  }

  public void set(int row, int token, float value) {
    data.setAtIndex(ValueLayout.JAVA_FLOAT, index(row, token), value);
  }

  /** The token with the largest logit; the first of them when several are equal; a NaN wins. */
  public int argMax(int row) {
    int best = 0;
    for (int token = 1; token < vocab; token++) {
      if (!(get(row, token) <= get(row, best))) {
        best = token;
      }
      if (Float.isNaN(get(row, best))) {
        return best;
      }
    }
    return best;
  }

  /** The whole memory, writable. */
  public MemorySegment segment() {
    return data;
  }

  /** One row's memory, writable. */
  public MemorySegment row(int row) {
    return data.asSlice(index(row, 0) * Float.BYTES, (long) vocab * Float.BYTES);
  }

  private long index(int row, int token) {
    if (row < 0 || row >= rows || token < 0 || token >= vocab) {
      throw new IndexOutOfBoundsException(
          "row %d, token %d of %d x %d logits".formatted(row, token, rows, vocab));
    }
    return (long) row * vocab + token;
  }
}
