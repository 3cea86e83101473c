package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.train.TrainingSpec;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * What a run computes: a file in the layout of the platform's training runs, or nothing, with
 * options laid over it.
 */
final class SpecOptions {

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      description = "JSON {model, optimizer, batch, steps, seed, evaluation, checkpoints, ...}")
  private @Nullable Path file;

  @Option(names = "--size", paramLabel = "NAME", description = "a published size (info --sizes)")
  private @Nullable String size;

  @Option(names = "--width", paramLabel = "D", description = "width of the model (256)")
  private @Nullable Integer width;

  @Option(names = "--layers", paramLabel = "L", description = "layers (4)")
  private @Nullable Integer layers;

  @Option(names = "--heads", paramLabel = "H", description = "heads (width / 64)")
  private @Nullable Integer heads;

  @Option(names = "--glu", paramLabel = "F", description = "inner width (8/3 width, rounded up)")
  private @Nullable Integer glu;

  @Option(
      names = "--gate",
      paramLabel = "G",
      description = "third generation with a gate of this rank; otherwise the first generation")
  private @Nullable Integer gate;

  @Option(names = "--batch", paramLabel = "BxT", description = "sequences and their length (8x256)")
  private @Nullable String batch;

  @Option(names = "--steps", paramLabel = "N", description = "updates (1000)")
  private @Nullable Long steps;

  @Option(names = "--lr", paramLabel = "RATE", description = "peak of the learning rate (1e-3)")
  private @Nullable Double learningRate;

  @Option(names = "--seed", paramLabel = "N", description = "of weights and of the data's order")
  private @Nullable Long seed;

  @Option(
      names = "--set",
      paramLabel = "FIELD=VALUE",
      description = "any other field of the specification, as in --set optimizer.clip=0.5")
  private Map<String, String> fields = new LinkedHashMap<>();

  /** A specification for a vocabulary. */
  TrainingSpec spec(int vocab, int eos) throws IOException {
    ObjectNode json = file == null ? JsonMapper.shared().createObjectNode() : read(file);
    model(json, vocab, eos);
    overlay(json);
    defaults(json);
    return TrainingSpec.parse(json);
  }

  /** The specification of a run that goes on; what may not change is refused when it resumes. */
  TrainingSpec over(TrainingSpec before) {
    ObjectNode json = before.toJson();
    overlay(json);
    return TrainingSpec.parse(json);
  }

  private static ObjectNode read(Path file) throws IOException {
    try {
      if (JsonMapper.shared().readTree(Files.readString(file)) instanceof ObjectNode json) {
        return json;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException(file + " holds no JSON object");
  }

  private void model(ObjectNode spec, int vocab, int eos) {
    ObjectNode model = size == null ? object(spec, "model") : Sizes.named(size).config().toJson();
    if (layers != null) {
      model.remove("linear_use_lrpe_list");
    }
    put(model, "decoder_embed_dim", width);
    put(model, "decoder_layers", layers);
    put(model, "decoder_attention_heads", heads);
    put(model, "glu_dim", glu);
    put(model, "gate_dim", gate);
    absent(model, "decoder_embed_dim", 256);
    int d = model.path("decoder_embed_dim").asInt(256);
    absent(model, "model_type", TnlConfig.MODEL_TYPE);
    absent(model, "decoder_layers", 4);
    absent(model, "decoder_attention_heads", Math.max(1, d / 64));
    if (width != null && glu == null) {
      model.remove("glu_dim");
    }
    absent(model, "glu_dim", TnlConfig.releasedGluWidth(Math.clamp(d, 1, 1 << 24)));
    if (width != null) {
      model.remove("hidden_dim");
    }
    model.put("vocab_size", vocab);
    model.putNull("pad_token_id").put("bos_token_id", eos).put("eos_token_id", eos);
    spec.set("model", model);
  }

  private void overlay(ObjectNode spec) {
    if (batch != null) {
      TrainingShape shape = Sizes.shape(batch);
      object(spec, "batch")
          .put("sequences", shape.sequences())
          .put("sequenceLength", shape.length());
    }
    if (steps != null) {
      spec.put("steps", steps);
    }
    if (seed != null) {
      spec.put("seed", seed);
    }
    if (learningRate != null) {
      object(spec, "optimizer").put("learningRate", learningRate);
    }
    fields.forEach((path, value) -> set(spec, path, value));
  }

  private static void set(ObjectNode spec, String path, String value) {
    String[] names = path.split("\\.", -1);
    ObjectNode at = spec;
    for (int i = 0; i < names.length - 1; i++) {
      at = object(at, names[i]);
    }
    at.set(names[names.length - 1], value(value));
  }

  /** A JSON value, or the text itself. */
  private static JsonNode value(String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return StringNode.valueOf(text);
    }
  }

  private static void defaults(ObjectNode spec) {
    if (!spec.has("steps")) {
      spec.put("steps", 1000);
    }
    long count = Math.max(1, spec.path("steps").asLong(1000));
    ObjectNode optimizer = object(spec, "optimizer");
    absent(optimizer, "warmupSteps", (int) Math.min(100, count / 20));
    ObjectNode evaluation = object(spec, "evaluation");
    absent(evaluation, "everySteps", part(count, 10));
    absent(evaluation, "maxTokens", 1 << 16);
    ObjectNode checkpoints = object(spec, "checkpoints");
    absent(checkpoints, "everySteps", part(count, 5));
    absent(checkpoints, "keep", 2);
  }

  private static int part(long count, int parts) {
    return Math.toIntExact(Math.clamp(count / parts, 1L, Integer.MAX_VALUE));
  }

  private static ObjectNode object(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode child ? child : parent.putObject(name);
  }

  private static void put(ObjectNode node, String name, @Nullable Integer value) {
    if (value != null) {
      node.put(name, value);
    }
  }

  private static void absent(ObjectNode node, String name, int value) {
    if (!node.hasNonNull(name)) {
      node.put(name, value);
    }
  }

  private static void absent(ObjectNode node, String name, String value) {
    if (!node.hasNonNull(name)) {
      node.put(name, value);
    }
  }
}
