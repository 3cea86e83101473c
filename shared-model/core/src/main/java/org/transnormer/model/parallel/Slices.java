package org.transnormer.model.parallel;

import java.util.List;
import java.util.stream.IntStream;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Tensor;

/**
 * A flat buffer of numbers cut among ranks. It is cut into {@value #PARTS} parts first, the same
 * for every number of ranks, and a rank has whole parts: whatever is summed part by part has the
 * same bits for any number of ranks.
 *
 * @param elements of the buffer
 * @param ranks it is cut among, at most {@value #PARTS}
 */
public record Slices(long elements, int ranks) {

  public static final int PARTS = 64;

  private static final long GRAIN = MemoryPlan.ALIGNMENT / Float.BYTES;

  public Slices {
    if (elements < 0 || ranks < 1 || ranks > PARTS) {
      throw new IllegalArgumentException(
          "%d numbers among %d ranks; at most %d can share".formatted(elements, ranks, PARTS));
    }
  }

  /** The first element of a part; of part {@link #PARTS}, the end. */
  public long part(int part) {
    long size = Math.ceilDiv(Math.ceilDiv(elements, PARTS), GRAIN) * GRAIN;
    return Math.min(elements, part * size);
  }

  public int firstPart(int rank) {
    return (int) ((long) rank * PARTS / ranks);
  }

  /** The first element that is a rank's. */
  public long from(int rank) {
    return part(firstPart(rank));
  }

  /** The first element after a rank's. */
  public long to(int rank) {
    return part(firstPart(rank + 1));
  }

  /** Elements that are a rank's. */
  public long size(int rank) {
    return to(rank) - from(rank);
  }

  /** Where one of so many pieces of a rank's slice begins; of piece {@code pieces}, the end. */
  public long piece(int rank, int piece, int pieces) {
    long size = size(rank) / pieces / GRAIN * GRAIN;
    return piece == pieces ? to(rank) : from(rank) + piece * size;
  }

  /**
   * What of each rank's slice lies in a window.
   *
   * @param window [n, 1] the buffer's rows from {@code first} on
   */
  public List<Tensor> of(Tensor window, long first) {
    return IntStream.range(0, ranks).mapToObj(rank -> of(window, rank, first)).toList();
  }

  /**
   * What of a rank's slice lies in a window; may be empty.
   *
   * @param window [n, 1] the buffer's rows from {@code first} on
   */
  public Tensor of(Tensor window, int rank, long first) {
    long end = first + window.rows();
    return window.rows(
        Math.clamp(from(rank), first, end) - first, Math.clamp(to(rank), first, end) - first);
  }
}
