package org.transnormer.model.parallel;

/** What of a model's numbers the ranks that share a batch hold together instead of each. */
public enum Sharding {
  /** Nothing: every rank holds all and computes every update. */
  NONE,
  /** The optimizer's moments; a rank updates its slice (ZeRO, arXiv 1910.02054, stage 1). */
  OPTIMIZER,
  /**
   * Parameters, gradients and moments: a rank keeps its slice of them, and what a layer computes
   * with comes from the others just before it is needed (ZeRO stage 3, "full sharding").
   */
  EVERYTHING
}
