package org.transnormer.trainer.checkpoints;

/** Tells the rest of the platform, from within the transaction that made it true. */
public interface CheckpointEvents {

  void committed(Checkpoint checkpoint);
}
