package org.transnormer.trainer.launch;

import org.transnormer.trainer.runs.RunState.Stop;

/** One step that brings a run closer to what is wanted. Applying one twice does no harm. */
public sealed interface Action {

  String runId();

  /** Chooses the checkpoint to go on from, opens the next attempt and makes its group. */
  record OpenAttempt(String runId) implements Action {}

  /** Makes the group of an attempt that was opened but whose group is not there. */
  record CreateGroup(String runId, int attempt) implements Action {}

  /** Takes down a group that nobody wants. */
  record DeleteGroup(String runId, int attempt, String why) implements Action {}

  /** Records that an attempt is lost, so that its epoch commits nothing more; then retries. */
  record LoseAttempt(String runId, int attempt, String reason) implements Action {}

  /** Tells the workers, by their next heartbeat, to stop. */
  record AskToStop(String runId, Stop kind) implements Action {}

  /** A run that is to stop and has no group any more has stopped. */
  record Settle(String runId) implements Action {}

  /** A suspended or failed run that is wanted again goes back to the queue. */
  record Requeue(String runId) implements Action {}

  /** Shows on the run what its group, or the run itself, waits for. */
  record ShowWait(String runId, String reason) implements Action {}
}
