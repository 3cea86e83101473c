package org.transnormer.trainer.runs;

/** Tells the rest of the platform, from within the transaction that made it true. */
public interface RunEvents {

  void ended(TrainingRun run);

  /**
   * Somebody asked for something.
   *
   * @param action such as {@code training-run.cancel}
   * @param detail for people; empty for none
   */
  void asked(Actor actor, String action, String runId, String detail);
}
