package org.transnormer.support;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The block that every long resource shows, so that one progress bar serves all.
 *
 * @param state lower-kebab, like {@code running}
 * @param attempt counted from 1
 * @param reason why it is in this state, for people; absent when there is nothing to say
 */
public record WorkStatus(
    String state,
    Progress progress,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    int attempt,
    @Nullable String reason) {

  public static final String QUEUED = "queued";
  public static final String RUNNING = "running";
  public static final String STOPPING = "stopping";
  public static final String STOPPED = "stopped";
  public static final String SUCCEEDED = "succeeded";
  public static final String FAILED = "failed";
  public static final String ABANDONED = "abandoned";
  public static final String CANCELLED = "cancelled";

  /**
   * @param total absent while unknown
   * @param unit what is counted, in the plural: documents, steps, partitions
   * @param ratePerSecond over the time since the start; absent before anything was done
   */
  public record Progress(
      long done,
      @Nullable Long total,
      String unit,
      @Nullable Double ratePerSecond,
      @Nullable Long etaSeconds) {

    public static Progress of(long done, @Nullable Long total, String unit) {
      return new Progress(done, total, unit, null, null);
    }

    /** With rate and remaining time at a constant rate. */
    public static Progress of(long done, @Nullable Long total, String unit, Duration elapsed) {
      double seconds = elapsed.toMillis() / 1000.0;
      if (done <= 0 || seconds <= 0) {
        return of(done, total, unit);
      }
      double rate = done / seconds;
      Long eta = total == null ? null : (long) Math.ceil(Math.max(0, total - done) / rate);
      return new Progress(done, total, unit, rate, eta);
    }
  }

  /** Progress of something that runs, with its rate; without one once it has ended. */
  public static WorkStatus of(
      String state,
      long done,
      @Nullable Long total,
      String unit,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      int attempt,
      @Nullable String reason,
      Instant now) {
    Instant end = endedAt == null ? now : endedAt;
    Progress progress =
        startedAt == null
            ? Progress.of(done, total, unit)
            : Progress.of(done, total, unit, Duration.between(startedAt, end));
    if (endedAt != null) {
      progress = new Progress(done, total, unit, progress.ratePerSecond(), null);
    }
    return new WorkStatus(state, progress, startedAt, endedAt, attempt, reason);
  }
}
