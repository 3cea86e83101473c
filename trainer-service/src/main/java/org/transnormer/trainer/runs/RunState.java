package org.transnormer.trainer.runs;

import java.time.Instant;

/**
 * The observed state of a run. Each state offers the transitions that may leave it and no others,
 * so an illegal one does not compile.
 *
 * <pre>
 *  Queued ──open──► Starting ──beat──► Running ──succeed──► Succeeded
 *    ▲  ▲              │  lose            │  lose
 *    │  └──resume───┐  ▼                  ▼
 *    │              │ Recovering ──open──► Starting      (or Failed when tries are used up)
 *    │           Suspended ◄──settle── Stopping ──settle──► Cancelled
 *    └──resume── Failed ◄── fail ── any live state
 * </pre>
 */
public sealed interface RunState {

  Tries tries();

  /** Number of the newest attempt; 0 before the first. */
  default int attempt() {
    return tries().attempt();
  }

  /** Why a group is taken down. */
  enum Stop {
    SUSPEND,
    CANCEL
  }

  /** No worker group; the next attempt may be opened. */
  sealed interface Waiting extends RunState permits Queued, Recovering {

    default Starting open() {
      return new Starting(tries().next());
    }

    default Suspended suspend() {
      return new Suspended(tries().fresh());
    }

    default Cancelled cancel() {
      return new Cancelled(tries());
    }

    /** For a run that cannot be started at all, such as one whose token set is gone. */
    default Failed refuse(String reason) {
      return new Failed(tries(), reason);
    }
  }

  /** A worker group exists or is being made. */
  sealed interface Live extends RunState permits Starting, Running, Stopping {

    default Succeeded succeed() {
      return new Succeeded(tries());
    }

    /** For causes that a second attempt would meet again, such as a diverged loss. */
    default Failed fail(String reason) {
      return new Failed(tries(), reason);
    }

    /**
     * The group is gone without having said how it ended, or ended by something another attempt may
     * survive.
     *
     * @param now of the database
     */
    RunState lose(String reason, RetryPolicy policy, Instant now);

    Stopping stop(Stop kind);
  }

  record Queued(Tries tries) implements Waiting {}

  /**
   * The last attempt was lost; the next one is opened from the last good checkpoint.
   *
   * @param retryAt not before, in the database's time
   */
  record Recovering(Tries tries, String reason, Instant retryAt) implements Waiting {}

  /** The group was asked for; no worker has spoken yet. */
  record Starting(Tries tries) implements Live {

    public Running beat() {
      return new Running(tries);
    }

    @Override
    public RunState lose(String reason, RetryPolicy policy, Instant now) {
      return afterLoss(tries, reason, policy, now);
    }

    @Override
    public Stopping stop(Stop kind) {
      return new Stopping(tries, kind);
    }
  }

  record Running(Tries tries) implements Live {

    /** A checkpoint of this attempt's own: what went wrong before counts no longer. */
    public Running advance() {
      return new Running(tries.fresh());
    }

    @Override
    public RunState lose(String reason, RetryPolicy policy, Instant now) {
      return afterLoss(tries, reason, policy, now);
    }

    @Override
    public Stopping stop(Stop kind) {
      return new Stopping(tries, kind);
    }
  }

  /** The workers were told to stop. */
  record Stopping(Tries tries, Stop kind) implements Live {

    /** The group is down. */
    public RunState settle() {
      return switch (kind) {
        case SUSPEND -> new Suspended(tries.fresh());
        case CANCEL -> new Cancelled(tries);
      };
    }

    @Override
    public RunState lose(String reason, RetryPolicy policy, Instant now) {
      return settle();
    }

    @Override
    public Stopping stop(Stop newKind) {
      return new Stopping(tries, newKind);
    }
  }

  record Suspended(Tries tries) implements RunState {

    public Queued resume() {
      return new Queued(tries.fresh());
    }

    public Cancelled cancel() {
      return new Cancelled(tries);
    }
  }

  /** The run is over, as far as the platform is concerned. */
  sealed interface Ended extends RunState permits Succeeded, Failed, Cancelled {}

  record Succeeded(Tries tries) implements Ended {}

  record Failed(Tries tries, String reason) implements Ended {

    /** By a person who has removed the cause; continues from the last good checkpoint. */
    public Queued resume() {
      return new Queued(tries.fresh());
    }
  }

  record Cancelled(Tries tries) implements Ended {}

  /** Lower-kebab name, as stored and shown. */
  default String label() {
    return switch (this) {
      case Queued _ -> "queued";
      case Starting _ -> "starting";
      case Running _ -> "running";
      case Recovering _ -> "recovering";
      case Stopping _ -> "stopping";
      case Suspended _ -> "suspended";
      case Succeeded _ -> "succeeded";
      case Failed _ -> "failed";
      case Cancelled _ -> "cancelled";
    };
  }

  private static RunState afterLoss(Tries tries, String reason, RetryPolicy policy, Instant now) {
    Tries lost = tries.lost();
    if (policy.exhausted(lost)) {
      return new Failed(
          lost, "%s (%d attempts in a row came to nothing)".formatted(reason, lost.losses()));
    }
    return new Recovering(lost, reason, now.plus(policy.pauseAfter(lost.losses())));
  }
}
