package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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

  private static final int WIDTH = 256;
  private static final int STEPS = 1000;

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
    if (width != null) {
      model.remove(List.of("hidden_dim", "glu_dim"));
    }
    set(model, "decoder_embed_dim", width);
    set(model, "decoder_layers", layers);
    set(model, "decoder_attention_heads", heads);
    set(model, "glu_dim", glu);
    set(model, "gate_dim", gate);
    int d = model.path("decoder_embed_dim").asInt(WIDTH);
    fill(
        model,
        Map.of(
            "model_type",
            TnlConfig.MODEL_TYPE,
            "decoder_embed_dim",
            d,
            "decoder_layers",
            4,
            "decoder_attention_heads",
            Math.max(1, d / 64),
            "glu_dim",
            TnlConfig.releasedGluWidth(Math.clamp(d, 1, 1 << 24))));
    model.put("vocab_size", vocab);
    model.putNull("pad_token_id").put("bos_token_id", eos).put("eos_token_id", eos);
    spec.set("model", model);
  }

  private void overlay(ObjectNode spec) {
    if (batch != null) {
      TrainingShape shape = Sizes.shape(batch);
      set(spec, "batch.sequences", shape.sequences());
      set(spec, "batch.sequenceLength", shape.length());
    }
    set(spec, "steps", steps);
    set(spec, "seed", seed);
    set(spec, "optimizer.learningRate", learningRate);
    fields.forEach((path, value) -> set(spec, path, value(value)));
  }

  private static void defaults(ObjectNode spec) {
    long steps = Math.max(1, spec.path("steps").asLong(STEPS));
    fill(
        spec,
        Map.of(
            "steps", STEPS,
            "optimizer", Map.of("warmupSteps", Math.min(100, steps / 20)),
            "evaluation", Map.of("everySteps", part(steps, 10), "maxTokens", 1 << 16),
            "checkpoints", Map.of("everySteps", part(steps, 5), "keep", 2)));
  }

  private static long part(long count, int parts) {
    return Math.clamp(count / parts, 1L, Integer.MAX_VALUE);
  }

  /** Writes a value, if there is one, where a path of names leads. */
  private static void set(ObjectNode spec, String path, @Nullable Object value) {
    if (value == null) {
      return;
    }
    String[] names = path.split("\\.", -1);
    ObjectNode at = spec;
    for (int i = 0; i < names.length - 1; i++) {
      at = object(at, names[i]);
    }
    at.set(names[names.length - 1], JsonMapper.shared().valueToTree(value));
  }

  /** A JSON value, or the text itself. */
  private static JsonNode value(String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return StringNode.valueOf(text);
    }
  }

  /** Adds what is not there yet, also inside objects. */
  private static void fill(ObjectNode json, Map<String, ?> defaults) {
    for (Map.Entry<String, ?> field : defaults.entrySet()) {
      if (field.getValue() instanceof Map<?, ?> inner) {
        ObjectNode child = object(json, field.getKey());
        inner.forEach((name, value) -> fill(child, Map.of(String.valueOf(name), value)));
      } else if (!json.hasNonNull(field.getKey())) {
        json.set(field.getKey(), JsonMapper.shared().valueToTree(field.getValue()));
      }
    }
  }

  private static ObjectNode object(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode child ? child : parent.putObject(name);
  }
}
