package org.transnormer.cleaning.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Long work with its stages. */
public interface Works {

  /** Adds queued work with all the stages it will go through. */
  void add(String id, WorkKind kind, List<StagePlan> stages, String launchedBy, String role);

  Optional<Work> find(String id);

  /** What is not at rest, oldest first. */
  List<Work> open();

  /**
   * Compare and set.
   *
   * @return false if the work is no longer as given
   */
  boolean move(Work work, WorkState to);

  /** Notes the batch execution of the present attempt. */
  void executing(String id, long execution);

  /** In order, with the progress of their partitions. */
  List<Stage> stages(String id);

  /** Begins a stage, or takes it up again. */
  void begin(String id, String stage);

  void end(String id, String stage, Stage.State state);

  /** Why a stage does not move; null when it does. */
  void note(String id, String stage, @Nullable String note);

  /** Progress of a stage without partitions. */
  void advance(String id, String stage, long done, long total);

  /** Replaces what was recorded before. */
  void recordDrops(String id, Map<Drop, Long> drops);

  /** Most documents first. */
  Map<Drop, Long> drops(String id);

  /** Why documents left. */
  record Drop(String stage, String reason) {}
}
