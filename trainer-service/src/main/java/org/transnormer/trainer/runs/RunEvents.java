package org.transnormer.trainer.runs;

/** Tells the rest of the platform, from within the transaction that made it true. */
public interface RunEvents {

  void ended(TrainingRun run);
}
