package org.transnormer.trainer.runs;

/** Why a model is trained: to be served, or to score documents in a self-cleaning round. */
public enum Purpose {
  MODEL,
  EVALUATION
}
