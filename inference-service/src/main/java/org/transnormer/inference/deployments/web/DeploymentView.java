package org.transnormer.inference.deployments.web;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.inference.deployments.Deployment;
import org.transnormer.inference.deployments.DeploymentState;
import org.transnormer.inference.deployments.Deployments;
import org.transnormer.inference.deployments.ServedModel;
import org.transnormer.inference.generation.EngineStatus;

/** A deployment as this replica has it. */
record DeploymentView(
    String name,
    @Nullable String alias,
    String state,
    @Nullable String reason,
    @Nullable String checkpointId,
    @Nullable String nextCheckpointId,
    @Nullable Instant loadedAt,
    Slots slots,
    @Nullable Queue queue,
    @Nullable Work work,
    @Nullable ModelInfo modelInfo,
    String updatedBy) {

  record Slots(int total, int used) {}

  record Queue(int sequences, int promptTokens, long refused) {}

  /** Since the model was loaded. */
  record Work(long promptTokens, long generatedTokens, long steps) {}

  /**
   * @param device what computes
   */
  record ModelInfo(
      String family, long parameters, int vocabSize, long stateBytesPerSequence, String device) {}

  static DeploymentView of(Deployments.View view) {
    Deployment deployment = view.deployment();
    Optional<ServedModel> model = view.state().served();
    Optional<EngineStatus> engine = model.map(served -> served.engine().status());
    return new DeploymentView(
        deployment.name(),
        deployment.alias().orElse(null),
        state(view.state()),
        reason(view.state()),
        model.map(ServedModel::checkpointId).orElseGet(() -> wanted(deployment)),
        view.state() instanceof DeploymentState.Swapping(ServedModel old, String next)
            ? next
            : null,
        model.map(ServedModel::loadedAt).orElse(null),
        new Slots(deployment.slots(), engine.map(EngineStatus::running).orElse(0)),
        engine.map(e -> new Queue(e.waiting(), e.waitingPromptTokens(), e.refused())).orElse(null),
        engine.map(e -> new Work(e.promptTokens(), e.generatedTokens(), e.steps())).orElse(null),
        model.map(DeploymentView::info).orElse(null),
        deployment.updatedBy());
  }

  private static ModelInfo info(ServedModel served) {
    var model = served.engine().model();
    return new ModelInfo(
        model.config().family(),
        model.config().parameterCount(),
        model.config().vocabSize(),
        model.stateBytes(),
        model.device());
  }

  private static @Nullable String wanted(Deployment deployment) {
    return deployment.target() instanceof Deployment.Target.Checkpoint(String id) ? id : null;
  }

  private static String state(DeploymentState state) {
    return switch (state) {
      case DeploymentState.Loading loading -> "loading";
      case DeploymentState.Ready ready -> "ready";
      case DeploymentState.Swapping swapping -> "swapping";
      case DeploymentState.Failed failed -> "failed";
      case DeploymentState.SwapFailed failed -> "swap-failed";
    };
  }

  private static @Nullable String reason(DeploymentState state) {
    return switch (state) {
      case DeploymentState.Failed(String reason) -> reason;
      case DeploymentState.SwapFailed(ServedModel model, String reason) -> reason;
      case DeploymentState.Loading loading -> null;
      case DeploymentState.Ready ready -> null;
      case DeploymentState.Swapping swapping -> null;
    };
  }
}
