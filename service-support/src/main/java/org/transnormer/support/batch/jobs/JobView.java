package org.transnormer.support.batch.jobs;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.WorkStatus;

/**
 * A job as it stands after all of its restarts.
 *
 * @param id service and newest execution, like {@code corpus-12}
 * @param actions what may be done now: stop, restart, abandon
 * @param steps absent in lists
 * @param errors grouped by cause; absent in lists
 */
record JobView(
    String id,
    String service,
    String name,
    WorkStatus status,
    Map<String, String> parameters,
    List<String> actions,
    @Nullable List<StepView> steps,
    @Nullable List<ErrorView> errors) {

  /** A step; its partitions if any worker may do them. */
  record StepView(
      String name,
      WorkStatus status,
      Map<String, Long> counts,
      @Nullable List<PartitionView> partitions) {}

  /**
   * @param attempt workers that have tried
   * @param counts what the work counts; read, written, filtered and failed are common
   */
  record PartitionView(
      String name,
      String state,
      @Nullable String worker,
      int attempt,
      WorkStatus.Progress progress,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      Map<String, Long> counts,
      @Nullable String error) {}

  /**
   * Failures that differ in numbers and names only.
   *
   * @param fingerprint the same for the same cause
   * @param sample the newest, in full
   */
  record ErrorView(
      String fingerprint,
      String cause,
      String message,
      long count,
      Instant firstAt,
      Instant lastAt,
      String sample) {}
}
