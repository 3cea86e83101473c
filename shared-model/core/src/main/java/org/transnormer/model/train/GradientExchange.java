package org.transnormer.model.train;

import org.transnormer.model.lm.GradientListener;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.Tensor;

/**
 * Adds up the ranks' gradients while the backward pass goes on, a bucket as soon as it is complete;
 * where ranks share the optimizer, each slice only where it is needed.
 */
final class GradientExchange implements GradientListener {

  /** Floats of a bucket, 64 MiB: enough to keep links busy, and a few for each backward pass. */
  private static final long BUCKET = 1L << 24;

  private final Tensor gradients;
  private final Slices slices;
  private final Collectives group;
  private final Collectives aside;
  private long end;

  /**
   * @param slices of one rank where every rank needs all gradients
   * @param group that has other sequences or positions
   */
  GradientExchange(Tensor gradients, Slices slices, Collectives group) {
    this.gradients = gradients;
    this.slices = slices;
    this.group = group;
    this.aside = group.aside();
    this.end = gradients.rows();
  }

  @Override
  public void completeFrom(long row) {
    if (end - row >= BUCKET || row == 0) {
      exchange(row, end);
      end = row;
    }
    if (row == 0) {
      group.awaitAside();
      end = gradients.rows();
    }
  }

  private void exchange(long from, long to) {
    if (slices.ranks() > 1) {
      aside.reduceScatter(slices.of(gradients.rows(from, to), from));
    } else {
      aside.allReduce(gradients.rows(from, to));
    }
  }
}
