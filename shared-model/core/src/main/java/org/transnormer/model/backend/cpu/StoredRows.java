package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;
import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * Rows of floats into a matrix of any element type, and back.
 *
 * <p>Numbers that are narrower than floats share 32-bit words, so that a vector of words is loaded
 * at once and taken apart by shifts. In a stretch of P vectors' columns, P numbers to a word, word
 * i has columns i, i + W, i + 2 W, ... for vectors of W lanes, the first in its lowest bits; so
 * what comes out of the words lies as x does. Columns behind the last whole stretch are stored
 * plainly.
 *
 * <p>A word of four whole numbers is read by shifting number k to the top and taking the whole word
 * as a number: the numbers below it become its fraction, which nothing has to mask away, because
 * rounding has taken them into account. It still is off by half a step at most.
 */
final class StoredRows {

  private static final int LARGEST = 127;

  /** A whole number's bits in a word. */
  static final int BITS = 8;

  /** How far the lowest of a word's whole numbers is from the top. */
  static final int TOP = 32 - BITS;

  /** What a whole number in the top of a word is multiplied with. */
  private static final float TOP_WEIGHT = 1 << TOP;

  private final ElementType type;
  private final int columns;
  private final int whole;
  private final long numbers;
  private final long rowBytes;
  private final long steps;

  private StoredRows(Tensor matrix) {
    this.type = matrix.type();
    this.columns = matrix.columns();
    this.whole = whole(columns);
    this.numbers = address(matrix, type);
    this.rowBytes = (long) matrix.rowStride() * type.bytes();
    this.steps = type == ElementType.I8 ? address(matrix.steps()) : 0;
  }

  static StoredRows of(Tensor matrix) {
    return new StoredRows(matrix);
  }

  /** Columns in whole stretches, and of halves in pairs of them. */
  static int whole(int columns) {
    return columns - columns % (4 * WIDTH);
  }

  /**
   * Rounds a row of floats to the nearest numbers of the type. A row of whole numbers gets the step
   * at which its largest becomes 127; a row that is not finite stays so.
   */
  void write(long row, long source) {
    long target = numbers + row * rowBytes;
    switch (type) {
      case F32 -> Lanes.copy(target, source, columns);
      case BF16 -> writeBfloat16(target, source);
      case I8 -> Lanes.set(steps + row * Float.BYTES, writeWhole(target, source));
    }
  }

  private void writeBfloat16(long target, long source) {
    int stretch = 2 * WIDTH;
    for (int j = 0; j < columns; j++) {
      int in = j % stretch;
      long at = j < whole ? j - in + 2 * (in % WIDTH) + in / WIDTH : j;
      float value = Lanes.get(source + (long) j * Float.BYTES);
      float rounded = Float.isNaN(value) ? Float.NaN : PhaseRounding.bfloat16(value);
      Lanes.setBfloat16(target + at * Short.BYTES, rounded);
    }
  }

  /** Returns the step. */
  private float writeWhole(long target, long source) {
    float largest = 0;
    for (int j = 0; j < columns; j++) {
      largest = Math.max(largest, Math.abs(Lanes.get(source + (long) j * Float.BYTES)));
    }
    boolean finite = largest <= Float.MAX_VALUE;
    float step = finite ? largest / LARGEST : Float.NaN;
    double perStep = step > 0 ? 1 / (double) step : 0;
    int stretch = 4 * WIDTH;
    for (int first = 0; first < whole; first += stretch) {
      for (int i = 0; i < WIDTH; i++) {
        int word = word(source + (long) (first + i) * Float.BYTES, perStep);
        Lanes.setInt(target + first + (long) i * Integer.BYTES, word);
      }
    }
    for (int j = whole; j < columns; j++) {
      double value = Lanes.get(source + (long) j * Float.BYTES) * perStep;
      Lanes.setByte(target + j, (byte) Math.rint(value));
    }
    return step;
  }

  /** Four numbers, a vector's columns apart, each rounded knowing those below it. */
  private static int word(long source, double perStep) {
    int word = 0;
    double below = 0;
    for (int k = 0; k < 4; k++) {
      double value = Lanes.get(source + (long) k * WIDTH * Float.BYTES) * perStep;
      int number = (int) Math.rint(value - below);
      word |= (number & (1 << BITS) - 1) << k * BITS;
      below = Integer.toUnsignedLong(word) / (double) (1L << (k + 1) * BITS);
    }
    return word;
  }

  /**
   * A row as floats.
   *
   * @param target of as many floats as there are columns
   */
  void read(long target, long row) {
    long source = numbers + row * rowBytes;
    switch (type) {
      case F32 -> Lanes.copy(target, source, columns);
      case BF16 -> readBfloat16(target, source);
      case I8 -> readWhole(target, source, Lanes.get(steps + row * Float.BYTES));
    }
  }

  private void readBfloat16(long target, long source) {
    long vector = (long) WIDTH * Float.BYTES;
    for (int j = 0; j < whole; j += 2 * WIDTH) {
      IntVector words = Lanes.words(source + (long) j * Short.BYTES);
      long to = target + (long) j * Float.BYTES;
      Lanes.store(to, Lanes.lowerHalf(words));
      Lanes.store(to + vector, Lanes.upperHalf(words));
    }
    for (int j = whole; j < columns; j++) {
      float value = Lanes.getBfloat16(source + (long) j * Short.BYTES);
      Lanes.set(target + (long) j * Float.BYTES, value);
    }
  }

  private void readWhole(long target, long source, float step) {
    long vector = (long) WIDTH * Float.BYTES;
    FloatVector weight = Lanes.broadcast(topStep(step));
    for (int j = 0; j < whole; j += 4 * WIDTH) {
      IntVector words = Lanes.words(source + j);
      long to = target + (long) j * Float.BYTES;
      Lanes.store(to, Lanes.number(words, TOP).mul(weight));
      Lanes.store(to + vector, Lanes.number(words, TOP - BITS).mul(weight));
      Lanes.store(to + 2 * vector, Lanes.number(words, TOP - 2 * BITS).mul(weight));
      Lanes.store(to + 3 * vector, Lanes.number(words).mul(weight));
    }
    for (int j = whole; j < columns; j++) {
      Lanes.set(target + (long) j * Float.BYTES, Lanes.getByte(source + j) * step);
    }
  }

  /** What a unit of a word is worth whose top number has that step. */
  static float topStep(float step) {
    return step / TOP_WEIGHT;
  }
}
