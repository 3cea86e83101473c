package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.transnormer.model.config.ModelConfig;
import tools.jackson.databind.node.ObjectNode;

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

  /** Bytes of a file of weights above which other libraries cut it, so this one does. */
  public static final long LARGEST_FILE = 5_000_000_000L;

  private static final Map<String, String> WEIGHTS_METADATA = Map.of("format", "pt");

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

  /**
   * Writes weights as the ecosystem reads them: {@value #MODEL}, or, where one file would be larger
   * than {@code largestFile} bytes, numbered shards and their index. A tensor is never cut, so that
   * a shard of one tensor may be larger.
   */
  public void writeWeights(List<SafetensorsWriter.Source> tensors, long largestFile)
      throws IOException {
    Shards shards = Shards.of(tensors, largestFile);
    Files.deleteIfExists(modelIndex());
    if (shards.files().size() == 1) {
      SafetensorsWriter.write(model(), tensors, WEIGHTS_METADATA);
      return;
    }
    Files.deleteIfExists(model());
    for (Map.Entry<String, List<SafetensorsWriter.Source>> file : shards.files().entrySet()) {
      SafetensorsWriter.write(path.resolve(file.getKey()), file.getValue(), WEIGHTS_METADATA);
    }
    Files.writeString(modelIndex(), shards.index().toPrettyString() + "\n");
  }

  /** Writes {@value #CONFIG} with what other loaders look for beside the sizes. */
  public void writeConfig(ModelConfig model, DType weights) throws IOException {
    ObjectNode json = model.toJson();
    json.putArray("architectures").add(model.architecture());
    json.put("torch_dtype", weights == DType.BF16 ? "bfloat16" : "float32");
    Files.writeString(config(), json.toPrettyString() + "\n");
  }
}
