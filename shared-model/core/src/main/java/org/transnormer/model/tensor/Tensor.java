package org.transnormer.model.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where numbers lie: a storage, a first element and a shape. The last axis is contiguous; the
 * others together are rows, {@code rowStride} elements apart, so a tensor can be a range of a wider
 * matrix's columns. Mathematics is a backend's business.
 */
public final class Tensor {

  private final Storage storage;
  private final ElementType type;
  private final long offset;
  private final long[] shape;
  private final int rowStride;
  private final @Nullable Tensor steps;

  private Tensor(
      Storage storage,
      ElementType type,
      long offset,
      long[] shape,
      int rowStride,
      @Nullable Tensor steps) {
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape;
    this.rowStride = rowStride;
    this.steps = steps;
    long end = rows() == 0 ? offset : offset + (rows() - 1) * rowStride + columns();
    if (offset < 0 || rowStride < columns() || end * type.bytes() > storage.bytes()) {
      throw new IllegalArgumentException(this + " does not lie inside its storage");
    }
  }

  /** A dense tensor of floats from element {@code offset} of a storage on. */
  public static Tensor of(Storage storage, long offset, long... shape) {
    return of(storage, ElementType.F32, offset, shape);
  }

  /** A dense tensor from element {@code offset} of a storage on. */
  public static Tensor of(Storage storage, ElementType type, long offset, long... shape) {
    if (shape.length == 0 || Arrays.stream(shape).anyMatch(axis -> axis < 0)) {
      throw new IllegalArgumentException("impossible shape " + Arrays.toString(shape));
    }
    int columns = Math.toIntExact(shape[shape.length - 1]);
    return new Tensor(storage, type, offset, shape.clone(), columns, null);
  }

  /**
   * Whole numbers with what one step of them is worth.
   *
   * @param numbers of type I8, dense
   * @param steps [rows, 1] of floats, dense
   */
  public static Tensor inSteps(Tensor numbers, Tensor steps) {
    boolean fits =
        numbers.type == ElementType.I8
            && steps.type == ElementType.F32
            && numbers.dense()
            && steps.dense()
            && steps.rows() == numbers.rows()
            && steps.columns() == 1;
    if (!fits) {
      throw new IllegalArgumentException("%s are no steps of %s".formatted(steps, numbers));
    }
    return new Tensor(
        numbers.storage, numbers.type, numbers.offset, numbers.shape, numbers.rowStride, steps);
  }

  public Storage storage() {
    return storage;
  }

  public ElementType type() {
    return type;
  }

  /**
   * [rows, 1] what one step of each row of an I8 tensor is worth.
   *
   * @throws IllegalArgumentException if this tensor has none
   */
  public Tensor steps() {
    if (steps == null) {
      throw new IllegalArgumentException(this + " is not in steps");
    }
    return steps;
  }

  /** Index of the first element in the storage. */
  public long offset() {
    return offset;
  }

  public long[] shape() {
    return shape.clone();
  }

  /** Elements of the last axis. */
  public int columns() {
    return (int) shape[shape.length - 1];
  }

  /** Product of all axes but the last. */
  public long rows() {
    long rows = 1;
    for (int axis = 0; axis < shape.length - 1; axis++) {
      rows *= shape[axis];
    }
    return rows;
  }

  public long elements() {
    return rows() * columns();
  }

  /** Elements from one row's start to the next one's. */
  public int rowStride() {
    return rowStride;
  }

  /** Whether rows follow each other without a gap. */
  public boolean dense() {
    return rowStride == columns() || rows() <= 1;
  }

  /** Columns [from, to) of every row, as a matrix. */
  public Tensor columns(int from, int to) {
    if (from < 0 || to < from || to > columns()) {
      throw new IndexOutOfBoundsException("columns [%d, %d) of %s".formatted(from, to, this));
    }
    if (steps != null) {
      throw new IllegalArgumentException("columns of rows in steps: " + this);
    }
    long[] matrix = {rows(), to - from};
    return new Tensor(storage, type, offset + from, matrix, rowStride, null);
  }

  /** Rows [from, to), as a matrix. */
  public Tensor rows(long from, long to) {
    if (from < 0 || to < from || to > rows()) {
      throw new IndexOutOfBoundsException("rows [%d, %d) of %s".formatted(from, to, this));
    }
    long[] matrix = {to - from, columns()};
    Tensor theirs = steps == null ? null : steps.rows(from, to);
    return new Tensor(storage, type, offset + from * rowStride, matrix, rowStride, theirs);
  }

  /** The same elements of a dense tensor in another shape. */
  public Tensor reshape(long... other) {
    Tensor reshaped = of(storage, type, offset, other);
    if (!dense() || steps != null || reshaped.elements() != elements()) {
      throw new IllegalArgumentException(this + " is no " + Arrays.toString(other));
    }
    return reshaped;
  }

  @Override
  public String toString() {
    return "%s%s%s@%d".formatted(storage.name(), type, Arrays.toString(shape), offset);
  }
}
