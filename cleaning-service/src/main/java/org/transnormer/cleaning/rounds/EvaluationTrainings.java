package org.transnormer.cleaning.rounds;

import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.recipe.RoundSpec.EvaluationSpec;

/** Training runs of evaluation models, as trainer-service runs them. */
public interface EvaluationTrainings {

  /**
   * Asks for a run; asking again with the same order gives the same run.
   *
   * @return the run's id
   */
  String start(Order order);

  Status look(String trainingRunId);

  /** Gives up a run that nobody waits for any more; nothing happens if it has ended. */
  void cancel(String trainingRunId);

  /**
   * @param key what the order is known by, whoever asks
   */
  record Order(
      String key, String name, EvaluationSpec spec, String tokenSetId, String tokenSetPrefix) {}

  /** Where a training run stands. */
  sealed interface Status {
    record Running(long step, long steps, @Nullable String detail) implements Status {}

    record Succeeded(Checkpoint checkpoint) implements Status {}

    record Failed(String reason) implements Status {}
  }

  /**
   * @param digest of the manifest
   * @param heldoutLoss nats per token, if it was measured
   */
  record Checkpoint(String id, String prefix, String digest, @Nullable Double heldoutLoss) {}
}
