package org.transnormer.cleaning.work.batch;

import org.transnormer.cleaning.work.Progress;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.batch.PartitionStoppedException;

/**
 * Counts a partition's progress and leaves when the job was stopped. The core knows no checked
 * exception for that, so it passes through in a wrapper that {@link #run} takes off again.
 */
public final class PartProgress implements Progress {

  private final PartitionContext partition;
  private final long total;
  private final String unit;
  private long done;

  private PartProgress(PartitionContext partition, long total, String unit) {
    this.partition = partition;
    this.total = total;
    this.unit = unit;
  }

  /** Work that reports progress. */
  @FunctionalInterface
  public interface Reporting<T> {
    T run(PartProgress progress) throws Exception;
  }

  /**
   * @param total of {@code unit}
   */
  public static <T> T run(PartitionContext partition, long total, String unit, Reporting<T> work)
      throws Exception {
    PartProgress progress = new PartProgress(partition, total, unit);
    partition.progress(0, total, unit);
    try {
      T result = work.run(progress);
      partition.progress(total, total, unit);
      return result;
    } catch (Stopped e) {
      throw e.stopped;
    }
  }

  @Override
  public synchronized void advanced(long more) {
    done += more;
    partition.progress(Math.min(done, total), total, unit);
    try {
      partition.checkStop();
    } catch (PartitionStoppedException e) {
      throw new Stopped(e);
    }
  }

  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final PartitionStoppedException stopped;

    Stopped(PartitionStoppedException stopped) {
      super(stopped);
      this.stopped = stopped;
    }
  }
}
