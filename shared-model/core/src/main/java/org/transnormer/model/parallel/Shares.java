package org.transnormer.model.parallel;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * A number for each element of a flat buffer that ranks share: this rank keeps its slice, which is
 * everything where there is one. Rows are counted as in the whole buffer.
 */
public final class Shares implements AutoCloseable {

  private final Backend backend;
  private final Slices slices;
  private final Collectives group;
  private final int rank;
  private final Storage storage;
  private final Tensor own;

  /**
   * @param slices of one rank, or of all in {@code group}
   */
  public Shares(String name, ElementType type, Backend backend, Slices slices, Collectives group) {
    this.backend = backend;
    this.slices = slices;
    this.group = group;
    this.rank = slices.ranks() == 1 ? 0 : group.rank();
    long elements = slices.size(rank);
    this.storage = backend.allocate(name, elements * type.bytes());
    this.own = Tensor.of(storage, type, 0, elements, 1);
  }

  /** [slice, 1] what is kept here. */
  public Tensor own() {
    return own;
  }

  /** Whether nothing is kept elsewhere. */
  public boolean whole() {
    return slices.ranks() == 1;
  }

  public Storage storage() {
    return storage;
  }

  /** [to - from, 1] rows that are all kept here. */
  public Tensor rows(long from, long to) {
    long first = slices.from(rank);
    return own.rows(from - first, to - first);
  }

  /** A row, or the nearest bound of what is kept here. */
  public long nearest(long row) {
    return Math.clamp(row, slices.from(rank), slices.to(rank));
  }

  /** What is kept here of so many rows. */
  private Tensor kept(Tensor window, long from) {
    return rows(nearest(from), nearest(from + window.rows()));
  }

  /**
   * Copies what is kept here into its place.
   *
   * @param window the rows from {@code from} on; the others stay as they are
   */
  public void put(Tensor window, long from) {
    copy(slices.of(window, rank, from), kept(window, from));
  }

  /**
   * The reverse of {@link #put}.
   *
   * @param window the rows from {@code from} on
   */
  public void take(Tensor window, long from) {
    copy(kept(window, from), slices.of(window, rank, from));
  }

  /**
   * Brings rows together from all ranks; each calls this.
   *
   * @param window overwritten with the rows from {@code from} on
   * @param by the group, or the same beside other work
   */
  public void bring(Tensor window, long from, Collectives by) {
    put(window, from);
    by.allGather(slices.of(window, from));
  }

  /**
   * Adds up over all ranks what they have for some rows, each calling this; {@link #take} then
   * finds the sums.
   *
   * @param window the rows from {@code from} on; overwritten where they are this rank's
   * @param by the group, or the same beside other work
   */
  public void addUp(Tensor window, long from, Collectives by) {
    by.reduceScatter(slices.of(window, from));
  }

  private void copy(Tensor target, Tensor source) {
    if (source.elements() > 0) {
      backend.copy(target, source);
    }
  }

  /** Does something with the numbers of a stretch of rows. */
  @FunctionalInterface
  public interface Use<E extends Exception> {
    void of(Tensor numbers) throws E;
  }

  /**
   * Shows a stretch of rows, from all ranks that keep some of it; each of them calls this.
   *
   * @param shape of the rows from {@code from} on
   * @param use reads; what it was given is gone afterwards unless this is {@link #whole}
   */
  public <E extends Exception> void read(long from, long[] shape, Use<E> use) throws E {
    stretch(
        from,
        shape,
        (numbers, rows) -> {
          if (!whole()) {
            bring(rows, from, group);
          }
          use.of(numbers);
        });
  }

  /**
   * @param shape of the rows from {@code from} on
   * @param use overwrites all of them, of which what is this rank's is kept
   */
  public <E extends Exception> void write(long from, long[] shape, Use<E> use) throws E {
    stretch(
        from,
        shape,
        (numbers, rows) -> {
          use.of(numbers);
          take(rows, from);
        });
  }

  @FunctionalInterface
  private interface Stretch<E extends Exception> {
    void of(Tensor numbers, Tensor rows) throws E;
  }

  private <E extends Exception> void stretch(long from, long[] shape, Stretch<E> use) throws E {
    if (whole()) {
      Tensor numbers = Tensor.of(storage, own.type(), from, shape);
      use.of(numbers, Tensor.of(storage, own.type(), from, numbers.elements(), 1));
      return;
    }
    long elements = 1;
    for (long axis : shape) {
      elements = Math.multiplyExact(elements, axis);
    }
    Storage all = backend.allocate(storage.name() + " together", elements * own.type().bytes());
    try {
      Tensor numbers = Tensor.of(all, own.type(), 0, shape);
      use.of(numbers, Tensor.of(all, own.type(), 0, elements, 1));
      backend.finish();
    } finally {
      backend.release(all);
    }
  }

  @Override
  public void close() {
    backend.release(storage);
  }
}
