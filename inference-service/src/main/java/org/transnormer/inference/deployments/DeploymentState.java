package org.transnormer.inference.deployments;

import java.util.Optional;

/** How far this replica is with a deployment. */
public sealed interface DeploymentState {

  /** The model that answers in this state. */
  default Optional<ServedModel> served() {
    return switch (this) {
      case Ready(ServedModel model) -> Optional.of(model);
      case Swapping(ServedModel model, String next) -> Optional.of(model);
      case SwapFailed(ServedModel model, String reason) -> Optional.of(model);
      case Loading loading -> Optional.empty();
      case Failed failed -> Optional.empty();
    };
  }

  record Loading(String checkpointId) implements DeploymentState {}

  record Ready(ServedModel model) implements DeploymentState {}

  /** Serves the old checkpoint while the new one is loaded. */
  record Swapping(ServedModel model, String nextCheckpointId) implements DeploymentState {}

  /** Serves nothing; tried again when what is wanted changes, and now and then. */
  record Failed(String reason) implements DeploymentState {}

  /** Serves the old checkpoint, since the new one could not be loaded. */
  record SwapFailed(ServedModel model, String reason) implements DeploymentState {}
}
