package org.transnormer.model.backend.cuda;

import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.Tensor;

/**
 * How the kernels of attention.cuh are launched for one shape.
 *
 * @param type suffix of q, k and v
 * @param every rows from one kept state to the next
 * @param passes of the main kernel: 1 forward, 3 backward
 * @param rates address of H floats
 * @param starts address of B T ints, or 0
 */
record AttentionRun(
    Kernels kernels,
    String type,
    int batch,
    int time,
    int heads,
    int keyWidth,
    int valueWidth,
    int every,
    int passes,
    long rates,
    long starts) {

  /** Of a block on tensor cores, without them, and where states are chained. */
  private static final int THREADS = 512;

  private static final int EXACT_THREADS = 256;
  private static final int SCAN_THREADS = 256;
  private static final int CHUNK = 64;
  private static final int PAD = 8;

  /** Columns that kernels are compiled for. */
  private static final int NARROWEST_EXACT = 32;

  private static final int NARROW = 64;
  private static final int WIDE = 128;
  private static final int WIDEST = 256;

  /** Rows that a kernel takes as long to start as to compute. */
  private static final double START = 256;

  /** The part of all processors for which memory is fast enough. */
  private static final double FED = 1 / 1.6;

  /** Bytes of shared memory beside tiles and states. */
  private static final int OTHER_SHARED_BYTES = 4096;

  /**
   * What a run begins with and leaves.
   *
   * @param before address of the states that segments begin with, {@code beforeEvery} rows apart
   * @param beforeHead floats from one head's to the next
   * @param after address of the state after all rows, or 0
   * @param saved address of the states before every so many rows, or 0
   */
  record States(long before, long beforeHead, int beforeEvery, long after, long saved) {

    States every(int rows) {
      return new States(before, beforeHead, rows, after, saved);
    }
  }

  long stateElements() {
    return (long) keyWidth * valueWidth;
  }

  long states() {
    return (long) batch * heads * stateElements();
  }

  /** Kept states of a head. */
  int count() {
    return Math.ceilDiv(time, every);
  }

  int segments() {
    return Math.ceilDiv(time, segment());
  }

  /**
   * Rows of a segment, so that all takes least. From times on an H100: the pass over states, which
   * one segment does not need, takes with the chaining as long as a main pass over as many rows.
   */
  int segment() {
    double states = START + every * load(count());
    int best = count() * every;
    double least = Double.MAX_VALUE;
    for (int each = count(); each > 0; each--) {
      int rows = each * every;
      int segments = Math.ceilDiv(time, rows);
      double cost = passes * (START + Math.min(rows, time) * load(segments));
      if (segments > 1) {
        cost += states;
      }
      if (cost < least) {
        least = cost;
        best = rows;
      }
    }
    return best;
  }

  /** How much longer a row of all blocks of so many segments takes than one of a block alone. */
  private double load(int segments) {
    long blocks = (long) batch * heads * Math.ceilDiv(valueWidth, slice(keyWidth)) * segments;
    int processors = kernels.launcher().processors();
    return Math.max(Math.ceilDiv(blocks, processors), blocks / (FED * processors));
  }

  /** The states of every stretch of {@code every} rows, at an address. */
  States each(long states) {
    return new States(states, stateElements() * count(), every, 0, 0);
  }

  /** What each stretch of {@code every} rows alone adds to the state. */
  void addedStates(String kind, Tensor k, Tensor v, long states) {
    launch(kind, null, null, k, v, new States(0, 0, 1, states, 0), every, false);
  }

  void run(String kind, Tensor o, Tensor q, Tensor k, Tensor v, States s, boolean transposed) {
    launch(kind, o, q, k, v, s, segment(), transposed);
  }

  private void launch(
      String kind,
      @Nullable Tensor o,
      @Nullable Tensor q,
      Tensor k,
      Tensor v,
      States s,
      int segment,
      boolean transposed) {
    int keys = transposed ? valueWidth : keyWidth;
    int values = transposed ? keyWidth : valueWidth;
    kernels.arguments();
    matrix(o);
    matrix(q);
    kernels
        .current()
        .matrix(k)
        .matrix(v)
        .add(rates)
        .add(starts)
        .add(s.before)
        .add(s.beforeHead)
        .add(s.beforeEvery)
        .add(s.after)
        .add(s.saved)
        .add(every)
        .add(time)
        .add(heads)
        .add(keys)
        .add(values)
        .add(segment)
        .add(transposed);
    kernels.launch(
        "attention_" + kind + type + widths(keys),
        new Grid(
            (long) batch * heads, Math.ceilDiv(values, slice(keys)), Math.ceilDiv(time, segment)),
        exact(keys) ? EXACT_THREADS : THREADS,
        exact(keys) ? 0 : sharedBytes(keys, slice(keys)));
  }

  private void matrix(@Nullable Tensor x) {
    if (x == null) {
      kernels.current().add(0L).add(0);
    } else {
      kernels.current().matrix(x);
    }
  }

  /** Chains what stretches add to the state into the states that they begin with. */
  void scan(String kernel, long states, long state) {
    int elements = Math.toIntExact(stateElements());
    kernels
        .arguments()
        .add(states)
        .add(state)
        .add(rates)
        .add(starts)
        .add(time)
        .add(heads)
        .add(elements)
        .add(count())
        .add(every);
    kernels.launch(
        kernel, Grid.of(Math.ceilDiv(elements, SCAN_THREADS), (long) batch * heads), SCAN_THREADS);
  }

  private String widths(int keys) {
    if (exact(keys)) {
      return "_" + (keys <= NARROWEST_EXACT ? NARROWEST_EXACT : padded(keys));
    }
    return "_%d_%d".formatted(padded(keys), slice(keys));
  }

  /** Columns of values that a block computes. */
  private int slice(int keys) {
    return !exact(keys) && padded(keys) == WIDE && fits(keys, WIDE) ? WIDE : NARROW;
  }

  /** Without tensor cores: in fp32, and where no form for them fits the device. */
  private boolean exact(int keys) {
    return type.equals("f32") || !fits(keys, NARROW);
  }

  private boolean fits(int keys, int values) {
    return sharedBytes(keys, values) <= kernels.launcher().sharedBytes();
  }

  private static int padded(int keys) {
    return keys <= NARROW ? NARROW : keys <= WIDE ? WIDE : WIDEST;
  }

  /** As the kernel lays tiles and states out. */
  private static int sharedBytes(int keys, int values) {
    int padded = padded(keys);
    int stages = padded > WIDE || values < padded ? 2 : 3;
    int keyRow = padded + PAD;
    int valueRow = values + PAD;
    int elements = stages * CHUNK * (2 * keyRow + valueRow) + 2 * padded * valueRow;
    return Short.BYTES * elements + OTHER_SHARED_BYTES;
  }
}
