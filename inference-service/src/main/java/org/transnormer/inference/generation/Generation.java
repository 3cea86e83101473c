package org.transnormer.inference.generation;

/** A submitted sequence, from its caller's side. */
public interface Generation {

  /** Gives the slot back within one step; the listener hears {@link FinishReason#CANCELLED}. */
  void cancel();
}
