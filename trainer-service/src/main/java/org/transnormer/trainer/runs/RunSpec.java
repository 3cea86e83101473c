package org.transnormer.trainer.runs;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.train.TrainingSpec;

/**
 * What a run computes, on what, and with which means; no default is left open. Frozen when the run
 * is created: the same training specification on the same token set gives the same weights.
 *
 * @param family of the model, by the id that {@link org.transnormer.model.lm.ModelFamilies} knows
 * @param training model, optimiser, batch, steps, seed
 * @param keepEvery checkpoints whose step is a multiple of it are kept for good; 0 for none
 * @param ranks worker processes that train together
 * @param division of the work among them
 * @param threads of each rank; null leaves it to the worker
 */
public record RunSpec(
    String family,
    Task task,
    TrainingSpec training,
    Data data,
    long keepEvery,
    int ranks,
    Division division,
    @Nullable Integer threads) {

  public enum Task {
    CAUSAL_LM
  }

  /**
   * @param tokenSetDigest of the manifest, so that another set under the same key is noticed
   */
  public record Data(
      String tokenSetId, String tokenSetPrefix, String tokenSetDigest, String snapshotId) {}

  /** SHA-256 of the canonical JSON form. */
  public String digest() {
    return Digests.sha256(CanonicalJson.bytes(SpecJson.write(this)));
  }

  public ModelConfig model() {
    return training.model();
  }

  public long steps() {
    return training.steps();
  }

  /** Lower-kebab form of an enum's constant, as in JSON, SQL and file names. */
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant that a word stands for. */
  public static <E extends Enum<E>> Optional<E> constant(Class<E> type, String word) {
    return List.of(type.getEnumConstants()).stream()
        .filter(constant -> word(constant).equals(word))
        .findFirst();
  }
}
