package org.transnormer.cleaning.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Long work with its stages and partitions. */
public interface Works {

  /** Adds queued work with all the stages it will go through. */
  void add(String id, WorkKind kind, List<StagePlan> stages, String launchedBy, String role);

  Optional<Work> find(String id);

  /** What is not at rest, oldest first. */
  List<Work> open(WorkKind kind);

  /**
   * Compare and set.
   *
   * @return false if the work is no longer in {@code from}
   */
  boolean move(Work work, WorkState to);

  /** Notes the batch execution of the present attempt. */
  void executing(String id, long execution);

  /** Counts a start that nobody asked for; progress sets it back. */
  void interrupted(String id);

  // Stages

  List<Stage> stages(String id);

  /** Begins a stage, or takes it up again. */
  void begin(String id, String stage);

  void end(String id, String stage, Stage.State state);

  void note(String id, String stage, @Nullable String note);

  // Partitions

  /** Freezes the partitions of a stage; those that exist stay as they are. */
  void planParts(String id, String stage, List<Long> totals);

  /** Called often by whoever works on a partition. */
  void advance(String id, String stage, int part, long done);

  /** Records a partition's result once; part of the transaction of the caller. */
  void complete(String id, PartResult result);

  /** Results of the partitions that are complete, in order. */
  List<PartResult> results(String id, String stage);

  // Drops

  void recordDrops(String id, Map<Drop, Long> drops);

  Map<Drop, Long> drops(String id);

  /** Why documents left. */
  record Drop(String stage, String reason) {}
}
