package org.transnormer.model.backend.cpu;

/**
 * Cuts rows into tasks. Where the cuts are depends on the shape alone, never on the number of
 * threads, so that sums inside a task are the same for every number of threads.
 */
final class RowTasks {

  /** Elements that make a task worth its hand-over. */
  private static final int ELEMENTS_PER_TASK = 16_384;

  private final WorkerPool pool;

  RowTasks(WorkerPool pool) {
    this.pool = pool;
  }

  @FunctionalInterface
  interface Row {
    void run(long n);
  }

  void run(long rows, int columns, Row row) {
    long perTask = Math.max(1, ELEMENTS_PER_TASK / Math.max(1, columns));
    int tasks = Math.toIntExact(Math.ceilDiv(rows, perTask));
    pool.run(
        tasks,
        (task, _) -> {
          long end = Math.min(rows, (task + 1) * perTask);
          for (long n = task * perTask; n < end; n++) {
            row.run(n);
          }
        });
  }
}
