package org.transnormer.model.lm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.WeightsLayout;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;

/**
 * How models of one family and configuration are made; trainers and servers know families only by
 * this and by {@link FamilyProvider}.
 */
public interface ModelFamily {

  ModelConfig config();

  /** What the files of the weights hold. */
  WeightsLayout files();

  /**
   * A model to train, its parameters zero until they are initialised or loaded.
   *
   * @param shape of the largest batch
   */
  default LanguageModel trainable(Backend backend, TrainingShape shape) {
    return trainable(backend, shape, Ranks.alone());
  }

  /**
   * A rank's part of a model that several ranks train together.
   *
   * @param shape of the largest batch, its length the share of a rank where sequences are cut
   * @param ranks how they divide the work
   */
  LanguageModel trainable(Backend backend, TrainingShape shape, Ranks ranks);

  /** {@link #trainable(Backend, TrainingShape)} that keeps every activation. */
  default LanguageModel trainable(Backend backend, int sequences, int length) {
    return trainable(backend, TrainingShape.of(sequences, length));
  }

  /**
   * Draws initial parameters, rounded copies included; each number depends on the seed and on its
   * place alone.
   */
  void initialise(LanguageModel model, Backend backend, long seed);

  /**
   * The memory for activations of {@link #trainable}, without taking it.
   *
   * @param attentionChunk rows that the backend's attention computes together
   * @param compute type that the backend computes in
   */
  default MemoryPlan plan(int attentionChunk, ElementType compute, TrainingShape shape) {
    return plan(attentionChunk, compute, shape, 1);
  }

  /** The same for one of {@code tensorRanks} ranks that split every layer. */
  MemoryPlan plan(int attentionChunk, ElementType compute, TrainingShape shape, int tensorRanks);

  /**
   * How parameters lie on one of {@code tensorRanks} ranks that split every layer.
   *
   * @throws InvalidConfigException naming every field for which layers cannot be split so
   */
  ParameterLayout layout(int tensorRanks);

  /** Bytes of one sequence's decoding state. */
  long stateBytes();

  /** Names and shapes of the parameters, in their order. */
  default List<TensorSpec> tensors() {
    return files().tensors();
  }

  /**
   * The weights of a folder that holds this model.
   *
   * @throws org.transnormer.model.checkpoint.MalformedCheckpointException naming the file and the
   *     tensor that do not fit
   */
  default ModelWeights weights(Path folder) throws IOException {
    return ModelWeights.open(folder, config(), files());
  }

  /**
   * A model to continue and score texts with, over the parameters of one that is trained: it sees
   * them as they are at each call. Closing it leaves them and the backend alone.
   */
  CausalLm over(LanguageModel trained, Backend backend);

  /**
   * A model to continue and score texts with.
   *
   * @param backend taken over: closed with the model, or when loading fails
   * @param weights what the weights are kept as
   */
  CausalLm load(Path checkpointDir, Backend backend, WeightStorage weights) throws IOException;

  /**
   * The same with the weights that {@link #initialise} draws, kept as told from the first on, for
   * who measures speed.
   *
   * @param backend taken over: closed with the model, or when there is no room for it
   */
  CausalLm untrained(long seed, Backend backend, WeightStorage weights);
}
