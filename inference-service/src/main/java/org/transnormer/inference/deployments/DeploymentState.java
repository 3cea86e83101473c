package org.transnormer.inference.deployments;

/** How far this replica is with a deployment. */
public sealed interface DeploymentState {

  record Loading(String checkpointId) implements DeploymentState {}

  record Ready(ServedModel model) implements DeploymentState {}

  /** Serves the old checkpoint while the new one is loaded. */
  record Swapping(ServedModel model, String nextCheckpointId) implements DeploymentState {}

  /** Serves nothing; tried again when what is wanted changes, and now and then. */
  record Failed(String reason) implements DeploymentState {}

  /** Serves the old checkpoint, since the new one could not be loaded. */
  record SwapFailed(ServedModel model, String reason) implements DeploymentState {}
}
