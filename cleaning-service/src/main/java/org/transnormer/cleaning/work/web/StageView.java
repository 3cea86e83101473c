package org.transnormer.cleaning.work.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.work.Stage;
import org.transnormer.support.WorkStatus.Progress;

/**
 * A stage as the API shows it: in = kept + dropped + failed once it has succeeded.
 *
 * @param note why a running stage does not move
 */
public record StageView(
    String name,
    String state,
    long in,
    long kept,
    long dropped,
    long failed,
    Progress progress,
    Partitions partitions,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String note) {

  /** Partitions of a stage. */
  public record Partitions(int total, int done) {}

  static StageView of(Stage stage, Instant now) {
    return new StageView(
        stage.name(),
        stage.state().name().toLowerCase(Locale.ROOT),
        stage.tally().in(),
        stage.tally().kept(),
        stage.tally().dropped(),
        stage.tally().failed(),
        progress(stage, now),
        new Partitions(stage.parts(), stage.partsDone()),
        stage.startedAt(),
        stage.endedAt(),
        stage.note());
  }

  private static Progress progress(Stage stage, Instant now) {
    Long total = stage.total() == 0 ? null : Long.valueOf(stage.total());
    Instant from = stage.resumedAt();
    double seconds =
        from == null
            ? 0
            : Duration.between(from, stage.endedAt() == null ? now : stage.endedAt()).toMillis()
                / 1000.0;
    long fresh = stage.done() - stage.resumedDone();
    if (seconds <= 0 || fresh <= 0) {
      return Progress.of(stage.done(), total, stage.unit());
    }
    double rate = fresh / seconds;
    Long eta =
        total == null || stage.state() != Stage.State.RUNNING
            ? null
            : Long.valueOf((long) Math.ceil(Math.max(0, total - stage.done()) / rate));
    return new Progress(stage.done(), total, stage.unit(), rate, eta);
  }
}
