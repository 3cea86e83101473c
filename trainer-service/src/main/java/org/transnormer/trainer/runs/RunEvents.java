package org.transnormer.trainer.runs;

/** Tells the rest of the platform, from within the transaction that made it true. */
public interface RunEvents {

  void ended(TrainingRun run);

  /**
   * @param actor who asked
   * @param action such as {@code training-run.cancel}
   */
  void asked(String actor, String role, String action, String runId, String detail);
}
