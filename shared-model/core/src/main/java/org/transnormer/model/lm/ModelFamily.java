package org.transnormer.model.lm;

import java.io.IOException;
import java.nio.file.Path;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.MemoryPlan;

/** How models of one family are made; trainers and servers know families only by this. */
public interface ModelFamily {

  /**
   * A model to train, its parameters zero until they are initialised or loaded.
   *
   * @param sequences largest number of sequences of a batch
   * @param length largest length of a sequence
   */
  LanguageModel trainable(Backend backend, int sequences, int length);

  /** Draws initial parameters; each number depends on the seed and on its place alone. */
  void initialise(LanguageModel model, Backend backend, long seed);

  /** The memory for activations of {@link #trainable}, without taking it. */
  MemoryPlan plan(Backend backend, int sequences, int length);

  /**
   * A model to continue and score texts with.
   *
   * @param backend taken over: closed with the model, or when loading fails
   */
  CausalLm load(Path checkpointDir, Backend backend) throws IOException;
}
