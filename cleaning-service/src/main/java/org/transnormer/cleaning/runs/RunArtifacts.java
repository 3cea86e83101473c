package org.transnormer.cleaning.runs;

import org.transnormer.cleaning.sidecar.SidecarLayout;

/** Where a cleaning run keeps what it makes on the way to a snapshot. */
public final class RunArtifacts {
  private RunArtifacts() {}

  public static SidecarLayout layout(String runId) {
    return new SidecarLayout("sidecars/" + runId);
  }
}
