package org.transnormer.trainer.progress;

/** Tells an unknown run from one that has measured nothing yet. */
public interface KnownRuns {

  boolean exists(String runId);
}
