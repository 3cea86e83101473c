package org.transnormer.trainer.runs;

/** What people last asked for; the reconciler moves the observed state towards it. */
public enum Desired {
  RUNNING,
  SUSPENDED,
  CANCELLED
}
