package org.transnormer.cleaning.rounds.web;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.transnormer.cleaning.recipe.RoundSpec.EvaluationSpec;
import org.transnormer.cleaning.rounds.EvaluationTrainings;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.security.ServiceClients;

/** Evaluation models are trained by trainer-service, through the API that people use. */
@Component
class RestEvaluationTrainings implements EvaluationTrainings {

  private static final String RUNS = "/api/v1/training-runs";
  private static final int EVALUATIONS = 4;
  private static final int HELD_OUT_TOKENS = 20_000;

  private final RestClient trainer;

  RestEvaluationTrainings(ServiceClients clients) {
    this.trainer = clients.client("trainer");
  }

  private record Launched(String id) {}

  private record Run(
      @Nullable WorkStatus status, @Nullable String finalCheckpointId, @Nullable Failure failure) {}

  private record Failure(@Nullable String reason) {}

  private record CheckpointView(
      String id, String prefix, String manifestDigest, @Nullable Double heldoutLoss) {}

  @Override
  public String start(Order order) {
    Launched launched =
        trainer
            .post()
            .uri(RUNS)
            .header("Idempotency-Key", order.key())
            .contentType(MediaType.APPLICATION_JSON)
            .body(Map.of("name", order.name(), "purpose", "evaluation", "spec", spec(order)))
            .retrieve()
            .body(Launched.class);
    if (launched == null) {
      throw new IllegalStateException("trainer-service accepted a run and did not name it");
    }
    return launched.id();
  }

  private static Map<String, Object> spec(Order order) {
    EvaluationSpec spec = order.spec();
    return Map.of(
        "family", "tnl",
        "task", "causal-lm",
        "model",
            Map.of(
                "width", spec.width(),
                "layers", spec.layers(),
                "heads", spec.heads(),
                "gluWidth", spec.gluWidth()),
        "data", Map.of("tokenSetId", order.tokenSetId(), "tokenSetPrefix", order.tokenSetPrefix()),
        "optimizer",
            Map.of(
                "learningRate",
                spec.learningRate(),
                "warmupSteps",
                Math.min(20, spec.steps() / 10)),
        "batch", Map.of("sequences", spec.sequences(), "sequenceLength", spec.sequenceLength()),
        "steps", spec.steps(),
        "seed", spec.seed(),
        "evaluation",
            Map.of(
                "everySteps",
                Math.max(1, spec.steps() / EVALUATIONS),
                "maxTokens",
                HELD_OUT_TOKENS),
        "checkpoints", Map.of("everySteps", 0, "keep", 1));
  }

  @Override
  public Status look(String trainingRunId) {
    Run run = trainer.get().uri(RUNS + "/{id}", trainingRunId).retrieve().body(Run.class);
    if (run == null || run.status() == null) {
      throw new IllegalStateException("trainer-service says nothing of run " + trainingRunId);
    }
    WorkStatus status = run.status();
    return switch (status.state()) {
      case "succeeded" -> new Status.Succeeded(checkpoint(trainingRunId, run));
      case "failed", "cancelled", "abandoned", "stopped" -> new Status.Failed(reason(run, status));
      default -> {
        Long total = status.progress().total();
        yield new Status.Running(status.progress().done(), total == null ? 0 : total, note(status));
      }
    };
  }

  private static @Nullable String note(WorkStatus status) {
    if (status.state().equals("running")) {
      return null;
    }
    String reason = status.reason() == null ? "" : ": " + status.reason();
    return "the training run is " + status.state() + reason;
  }

  private static String reason(Run run, WorkStatus status) {
    String reason = run.failure() == null ? null : run.failure().reason();
    String text = reason == null ? status.reason() : reason;
    return status.state() + (text == null ? "" : ": " + text);
  }

  private Checkpoint checkpoint(String trainingRunId, Run run) {
    if (run.finalCheckpointId() == null) {
      throw new IllegalStateException(
          "the training run %s succeeded without a checkpoint".formatted(trainingRunId));
    }
    CheckpointView view =
        trainer
            .get()
            .uri("/api/v1/checkpoints/{id}", run.finalCheckpointId())
            .retrieve()
            .body(CheckpointView.class);
    if (view == null) {
      throw new IllegalStateException("no checkpoint " + run.finalCheckpointId());
    }
    return new Checkpoint(view.id(), view.prefix(), view.manifestDigest(), view.heldoutLoss());
  }

  @Override
  public void cancel(String trainingRunId) {
    try {
      trainer.post().uri(RUNS + "/{id}/cancel", trainingRunId).retrieve().toBodilessEntity();
    } catch (HttpClientErrorException e) {
      if (e.getStatusCode() != HttpStatus.NOT_FOUND && e.getStatusCode() != HttpStatus.CONFLICT) {
        throw e;
      }
    }
  }
}
