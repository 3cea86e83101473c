package org.transnormer.trainer.runs;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides what a run computes, with no default left open. Frozen when the run is
 * created: the same specification on the same token set gives the same weights.
 *
 * @param model in the words of {@code family}
 * @param threads of each rank; null leaves it to the worker
 */
public record RunSpec(
    Family family,
    Task task,
    Model model,
    Data data,
    Optimizer optimizer,
    Batch batch,
    long steps,
    long seed,
    Evaluation evaluation,
    Checkpointing checkpoints,
    int ranks,
    @Nullable Integer threads,
    Backend backend) {

  /** Model families that can be trained; a closed set, each with its own kind of sizes. */
  public enum Family {
    TNL
  }

  public enum Task {
    CAUSAL_LM
  }

  public enum Backend {
    CPU
  }

  /**
   * Sizes of a TransNormerLLM, first generation.
   *
   * @param lrpe per layer, whether it carries position features
   */
  public record Model(
      int vocabSize,
      int width,
      int layers,
      int heads,
      int gluWidth,
      boolean scaleEmbedding,
      List<Boolean> lrpe,
      String activation,
      double initStd,
      int padToken,
      int bosToken,
      int eosToken,
      long parameters) {

    public Model {
      lrpe = List.copyOf(lrpe);
    }
  }

  /**
   * @param tokenSetDigest of the manifest, so that another set under the same key is noticed
   */
  public record Data(
      String tokenSetId, String tokenSetPrefix, String tokenSetDigest, String snapshotId) {}

  /**
   * @param clip largest gradient norm; 0 does not clip
   * @param minLearningRateRatio of the last learning rate to the highest
   */
  public record Optimizer(
      double learningRate,
      Schedule schedule,
      long warmupSteps,
      double minLearningRateRatio,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      double clip) {}

  public enum Schedule {
    COSINE,
    LINEAR,
    CONSTANT
  }

  /**
   * @param sequences of one step, over all ranks
   * @param sequenceLength in tokens
   */
  public record Batch(int sequences, int sequenceLength) {

    public long tokens() {
      return (long) sequences * sequenceLength;
    }
  }

  /**
   * @param everySteps 0 evaluates at the end only
   * @param maxTokens of the held-out split
   */
  public record Evaluation(long everySteps, long maxTokens) {}

  /**
   * What is written and what is kept. The final and the best checkpoint, and every one that
   * something refers to, are kept whatever these say.
   *
   * @param keep newest ones that are kept
   * @param keepEvery every checkpoint whose step is a multiple of it is kept; 0 for none
   */
  public record Checkpointing(long everySteps, int keep, long keepEvery) {}

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
