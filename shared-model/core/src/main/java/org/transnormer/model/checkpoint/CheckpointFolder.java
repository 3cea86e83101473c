package org.transnormer.model.checkpoint;

import java.nio.file.Path;

/**
 * The files of a checkpoint. A manifest ({@code manifest.json}, format {@value #FORMAT}) is written
 * last by whoever stores the folder; without one the folder is work in progress.
 */
public record CheckpointFolder(Path path) {

  public static final String FORMAT = "tnl/checkpoint/1";

  public static final String MODEL = "model.safetensors";
  public static final String MODEL_INDEX = "model.safetensors.index.json";
  public static final String TORCH = "pytorch_model.bin";
  public static final String TORCH_INDEX = "pytorch_model.bin.index.json";
  public static final String CONFIG = "config.json";
  public static final String TOKENIZER = "tokenizer.json";
  public static final String OPTIMIZER = "optimizer.safetensors";
  public static final String TRAINING_STATE = "training-state.json";

  public Path model() {
    return path.resolve(MODEL);
  }

  public Path modelIndex() {
    return path.resolve(MODEL_INDEX);
  }

  /** The released models' files. */
  public Path torch() {
    return path.resolve(TORCH);
  }

  public Path torchIndex() {
    return path.resolve(TORCH_INDEX);
  }

  public Path config() {
    return path.resolve(CONFIG);
  }

  public Path tokenizer() {
    return path.resolve(TOKENIZER);
  }

  public Path optimizer() {
    return path.resolve(OPTIMIZER);
  }

  public Path trainingState() {
    return path.resolve(TRAINING_STATE);
  }
}
