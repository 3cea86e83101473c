package org.transnormer.trainer.runs;

import java.time.Instant;
import java.util.Optional;

/**
 * A training run.
 *
 * @param specDigest SHA-256 of the specification's canonical form
 * @param waitsFor what a run that could go on waits for, for people; empty for nothing
 * @param epoch only a worker that carries it may commit; goes up whenever an attempt is opened or
 *     given up
 * @param version goes up with every change
 * @param step the last one that a worker reported
 * @param startedAt first heartbeat of the first attempt
 */
public record TrainingRun(
    String id,
    String name,
    Purpose purpose,
    RunSpec spec,
    String specDigest,
    Desired desired,
    RunState state,
    String waitsFor,
    long epoch,
    long version,
    long step,
    Optional<String> finalCheckpoint,
    Optional<String> bestCheckpoint,
    Optional<String> clonedFrom,
    String launchedBy,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {

  /** A run that nobody has tried to start yet. */
  static TrainingRun create(
      String id,
      String name,
      Purpose purpose,
      RunSpec spec,
      Optional<String> clonedFrom,
      String launchedBy,
      Instant now) {
    return new TrainingRun(
        id,
        name,
        purpose,
        spec,
        spec.digest(),
        Desired.RUNNING,
        new RunState.Queued(Tries.NONE),
        "",
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        clonedFrom,
        launchedBy,
        now,
        Optional.empty(),
        Optional.empty());
  }

  public TrainingRun wanted(Desired newDesired) {
    return new Draft(this).desired(newDesired).run();
  }

  /** The run in another state; what it waited for is forgotten. */
  public TrainingRun in(RunState newState, Instant now) {
    return new Draft(this).state(newState, now).run();
  }

  /** In another state, after which no worker that runs now may commit anything. */
  public TrainingRun fenced(RunState newState, Instant now) {
    return new Draft(this).state(newState, now).nextEpoch().run();
  }

  public TrainingRun waiting(String reason) {
    return new Draft(this).waitsFor(reason).run();
  }

  public TrainingRun at(long newStep) {
    return new Draft(this).step(newStep).run();
  }

  public TrainingRun withCheckpoints(Optional<String> newBest, Optional<String> newFinal) {
    return new Draft(this).checkpoints(newBest, newFinal).run();
  }

  /** A worker spoke for the first time. */
  public TrainingRun started(Instant now) {
    return startedAt.isPresent() ? this : new Draft(this).startedAt(now).run();
  }

  /** Mutable in one expression only; spares each change above from naming eighteen components. */
  private static final class Draft {
    private final TrainingRun from;
    private Desired desired;
    private RunState state;
    private String waitsFor;
    private long epoch;
    private long step;
    private Optional<String> finalCheckpoint;
    private Optional<String> bestCheckpoint;
    private Optional<Instant> startedAt;
    private Optional<Instant> endedAt;

    Draft(TrainingRun from) {
      this.from = from;
      desired = from.desired;
      state = from.state;
      waitsFor = from.waitsFor;
      epoch = from.epoch;
      step = from.step;
      finalCheckpoint = from.finalCheckpoint;
      bestCheckpoint = from.bestCheckpoint;
      startedAt = from.startedAt;
      endedAt = from.endedAt;
    }

    Draft desired(Desired value) {
      desired = value;
      return this;
    }

    Draft state(RunState value, Instant now) {
      state = value;
      waitsFor = "";
      endedAt = value instanceof RunState.Ended ? Optional.of(now) : Optional.empty();
      return this;
    }

    Draft nextEpoch() {
      epoch++;
      return this;
    }

    Draft waitsFor(String value) {
      waitsFor = value;
      return this;
    }

    Draft step(long value) {
      step = value;
      return this;
    }

    Draft checkpoints(Optional<String> best, Optional<String> last) {
      bestCheckpoint = best;
      finalCheckpoint = last;
      return this;
    }

    Draft startedAt(Instant value) {
      startedAt = Optional.of(value);
      return this;
    }

    TrainingRun run() {
      return new TrainingRun(
          from.id,
          from.name,
          from.purpose,
          from.spec,
          from.specDigest,
          desired,
          state,
          waitsFor,
          epoch,
          from.version,
          step,
          finalCheckpoint,
          bestCheckpoint,
          from.clonedFrom,
          from.launchedBy,
          from.createdAt,
          startedAt,
          endedAt);
    }
  }
}
