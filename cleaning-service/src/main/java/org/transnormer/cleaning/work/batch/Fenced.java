package org.transnormer.cleaning.work.batch;

import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.batch.PartitionStoppedException;

/** Commits of a partition's results: refused once another worker owns the partition. */
public final class Fenced {
  private Fenced() {}

  /**
   * Runs the work in one transaction, during which nobody can take the partition over.
   *
   * @throws PartitionStoppedException when another worker has taken it over before
   */
  public static void commit(Transactions transactions, PartitionContext partition, Runnable work)
      throws PartitionStoppedException {
    try {
      transactions.inTransaction(() -> {
        requireCurrent(partition);
        work.run();
      });
    } catch (Stale e) {
      throw e.stopped;
    }
  }

  private static void requireCurrent(PartitionContext partition) {
    try {
      partition.requireCurrent();
    } catch (PartitionStoppedException e) {
      throw new Stale(e);
    }
  }

  private static final class Stale extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final PartitionStoppedException stopped;

    Stale(PartitionStoppedException stopped) {
      super(stopped);
      this.stopped = stopped;
    }
  }
}
