package org.transnormer.trainer.runs;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A specification as somebody wrote it: everything may be missing and nothing is checked yet. Only
 * the data, the model (by sizes or by preset) and the number of steps have no default.
 */
public record SpecForm(
    @Nullable String family,
    @Nullable String task,
    @Nullable Model model,
    @Nullable Data data,
    @Nullable Optimizer optimizer,
    @Nullable Batch batch,
    @Nullable Long steps,
    @Nullable Long seed,
    @Nullable Evaluation evaluation,
    @Nullable Objective objective,
    @Nullable Checkpointing checkpoints,
    @Nullable Integer ranks,
    @Nullable Division division,
    @Nullable Integer threads) {

  /** Says nothing at all. */
  public static final SpecForm EMPTY =
      new SpecForm(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  /**
   * @param preset named sizes; a field beside it overrides one of them
   * @param parameters what the sizes come to; read-only, so that a specification that was read can
   *     be sent back
   * @param others sizes that only some families have
   */
  public record Model(
      @Nullable String preset,
      @Nullable Integer vocabSize,
      @Nullable Integer width,
      @Nullable Integer layers,
      @Nullable Integer heads,
      @Nullable Integer gluWidth,
      @Nullable Boolean scaleEmbedding,
      @Nullable List<Boolean> lrpe,
      @Nullable String activation,
      @Nullable Double initStd,
      @Nullable Integer padToken,
      @Nullable Integer bosToken,
      @Nullable Integer eosToken,
      @Nullable Long parameters,
      @JsonAnySetter @JsonAnyGetter @Schema(hidden = true) @Nullable Map<String, Object> others) {}

  /** Either of the first two names the token set; the others are found there. */
  public record Data(
      @Nullable String tokenSetId,
      @Nullable String tokenSetPrefix,
      @Nullable String tokenSetDigest,
      @Nullable String snapshotId) {}

  public record Optimizer(
      @Nullable Double learningRate,
      @Nullable String schedule,
      @Nullable Long warmupSteps,
      @Nullable Double minLearningRateRatio,
      @Nullable Double weightDecay,
      @Nullable Double beta1,
      @Nullable Double beta2,
      @Nullable Double epsilon,
      @Nullable Double clip,
      @Nullable Double warmupStartRatio,
      @Nullable Double decayPower) {}

  public record Batch(
      @Nullable Integer sequences,
      @Nullable Integer sequenceLength,
      @Nullable Integer microSequences,
      @Nullable Boolean recompute) {}

  public record Objective(
      @Nullable Double zLoss,
      @Nullable Boolean isolateDocuments,
      @Nullable List<Integer> ignoreTokens) {}

  /**
   * @param sequenceRanks of the ranks that split every sequence
   * @param tensorRanks of the ranks that split every layer
   * @param sharding what the others, which split the batch, hold together: none, optimizer or
   *     everything
   */
  public record Division(
      @Nullable Integer sequenceRanks, @Nullable Integer tensorRanks, @Nullable String sharding) {}

  public record Evaluation(@Nullable Long everySteps, @Nullable Long maxTokens) {}

  public record Checkpointing(
      @Nullable Long everySteps, @Nullable Integer keep, @Nullable Long keepEvery) {}
}
