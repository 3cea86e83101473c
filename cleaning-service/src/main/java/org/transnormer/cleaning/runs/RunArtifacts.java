package org.transnormer.cleaning.runs;

import org.transnormer.cleaning.sidecar.SidecarLayout;

/** Where a cleaning run keeps what it makes on the way to a snapshot. */
public final class RunArtifacts {
  private RunArtifacts() {}

  public static SidecarLayout layout(String runId) {
    return new SidecarLayout("sidecars/" + runId);
  }

  /** Snapshots refer to normalised shards, so these do not lie with a run. */
  public static String normalisedRoot(String corpusId) {
    return "corpora/" + corpusId + "/normalised";
  }

  /** Name of the token set that a round's evaluation model learns from. */
  public static String roundTokenSetId(String runId, int round) {
    return runId + "-round-" + round;
  }

  public static String roundTokenSet(String runId, int round) {
    return "token-sets/" + roundTokenSetId(runId, round);
  }

  /**
   * @param number of the decision, from 1
   */
  public static String decisions(String runId, int number) {
    return layout(runId).prefix() + "/decisions-" + number;
  }
}
