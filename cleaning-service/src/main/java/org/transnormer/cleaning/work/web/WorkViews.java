package org.transnormer.cleaning.work.web;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.transnormer.cleaning.work.Stage;
import org.transnormer.cleaning.work.Work;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.WorkState;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.WorkStatus;

/** Work and its stages as the API shows them. */
@Component
public class WorkViews {

  private static final String DOCUMENTS = "documents";
  private static final String PASSES = "document passes";

  private final Works works;
  private final InstantSource clock;

  WorkViews(Works works, InstantSource clock) {
    this.works = works;
    this.clock = clock;
  }

  public WorkStatus status(Work work, List<Stage> stages) {
    return new WorkStatus(
        work.state().label(),
        progress(work, stages),
        work.startedAt(),
        work.endedAt(),
        work.state().attempt(),
        reason(work.state(), stages));
  }

  public WorkStatus status(Work work) {
    return status(work, works.stages(work.id()));
  }

  public List<StageView> stages(List<Stage> stages) {
    return stages.stream().map(stage -> StageView.of(stage, clock.instant())).toList();
  }

  /** The name under which the jobs API knows the latest execution. */
  public static @Nullable String jobId(Work work) {
    return work.execution().isPresent() ? "cleaning-" + work.execution().getAsLong() : null;
  }

  private static @Nullable String reason(WorkState state, List<Stage> stages) {
    if (state instanceof WorkState.Failed(_, String reason)) {
      return reason;
    }
    return stages.stream()
        .filter(stage -> stage.state() == Stage.State.RUNNING && stage.note() != null)
        .map(Stage::note)
        .findFirst()
        .orElse(null);
  }

  /**
   * Passes over documents, all stages together. Stages whose partitions are not planned yet count
   * as many documents as the largest that is. Time spent in stages that count something else is not
   * foreseen, so the remaining time is a lower bound.
   */
  private WorkStatus.Progress progress(Work work, List<Stage> stages) {
    long largest = 0;
    for (Stage stage : stages) {
      if (stage.unit().equals(DOCUMENTS)) {
        largest = Math.max(largest, stage.total());
      }
    }
    long done = 0;
    long total = 0;
    for (Stage stage : stages) {
      if (stage.unit().equals(DOCUMENTS) && stage.state() != Stage.State.SKIPPED) {
        boolean over = stage.state() == Stage.State.SUCCEEDED;
        long all = stage.parts() > 0 || over ? stage.total() : largest;
        total += all;
        done += over ? all : stage.done();
      }
    }
    Long known = total == 0 ? null : Long.valueOf(total);
    String unit = work.kind() == WorkKind.CLEANING ? PASSES : DOCUMENTS;
    Instant startedAt = work.startedAt();
    if (startedAt == null || work.kind() == WorkKind.CLEANING && work.state().atRest()) {
      return WorkStatus.Progress.of(done, known, unit);
    }
    Instant end = work.endedAt() == null ? clock.instant() : work.endedAt();
    return WorkStatus.Progress.of(done, known, unit, Duration.between(startedAt, end));
  }
}
