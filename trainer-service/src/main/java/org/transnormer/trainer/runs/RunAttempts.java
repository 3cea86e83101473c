package org.transnormer.trainer.runs;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The attempts of runs, their ranks and their tokens. */
public interface RunAttempts {

  /** With one rank row for each of the numbers below {@code ranks}. */
  void open(RunAttempt attempt, int ranks);

  /** Newest last. */
  default List<RunAttempt> of(String runId) {
    return of(List.of(runId));
  }

  /** Of several runs; newest last within each. */
  List<RunAttempt> of(Collection<String> runIds);

  Optional<RunAttempt> find(String runId, int number);

  /** The newest attempt of every run that has not ended. */
  List<RunAttempt> newestOfUnfinished();

  /** From now on only this token speaks for the attempt. */
  void setToken(String runId, int attempt, byte[] tokenHash);

  /** SHA-256 of the token that speaks for the attempt. */
  Optional<byte[]> token(String runId, int attempt);

  /**
   * A rank showed a sign of life.
   *
   * @param othersFirst how long ranks that have not spoken yet may take, once one has
   */
  void beat(String runId, int attempt, Beat beat, Duration lease, Duration othersFirst);

  /**
   * What a rank says of itself.
   *
   * @param state what it is busy with
   * @param device what it computes on, in words, once it knows
   */
  record Beat(int rank, String state, long step, Optional<String> device) {}

  /** Whoever speaks for the attempt lives: what was heard of counts again in full. */
  void alive(String runId, int attempt, Duration lease);

  void stopAsked(String runId, int attempt);

  /** Records how an attempt ended; the first record stays. */
  void end(
      String runId, int attempt, RunAttempt.Outcome outcome, String reason, List<String> logTail);
}
