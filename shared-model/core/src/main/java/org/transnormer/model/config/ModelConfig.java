package org.transnormer.model.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The sizes and constants of one model; everything about it that is not a weight. */
public sealed interface ModelConfig permits TnlConfig {

  /** Bytes of a {@code config.json}; released ones have one or two thousand. */
  long LONGEST = 1L << 20;

  /** Name of the family in run specifications, for example {@code tnl}. */
  String family();

  int vocabSize();

  int eosToken();

  /** Trainable numbers, each tied tensor counted once. */
  long parameterCount();

  /** The released {@code config.json} layout; {@link #parse} reads it back to an equal value. */
  ObjectNode toJson();

  /**
   * Reads a {@code config.json}.
   *
   * @throws InvalidConfigException naming every field that is missing, unusable or contradictory
   */
  static ModelConfig parse(JsonNode json) {
    return parse(json, "");
  }

  private static ModelConfig parse(JsonNode json, String folder) {
    if (!json.isObject()) {
      throw new InvalidConfigException("", "a model configuration is a JSON object");
    }
    JsonNode type = json.path("model_type");
    if (!type.isString() || !type.stringValue().equals(TnlConfig.MODEL_TYPE)) {
      throw new InvalidConfigException(
          "model_type",
          "must be \"%s\", found %s"
              .formatted(TnlConfig.MODEL_TYPE, type.isMissingNode() ? "nothing" : type));
    }
    return TnlJson.parse(json, folder);
  }

  /** {@link #parse} of a file; a file that is no JSON is an {@link InvalidConfigException} too. */
  static ModelConfig read(Path configJson) throws IOException {
    if (Files.size(configJson) > LONGEST) {
      throw new InvalidConfigException(
          "", "%s has %d bytes".formatted(configJson.getFileName(), Files.size(configJson)));
    }
    try (InputStream in = Files.newInputStream(configJson)) {
      Path folder = configJson.toAbsolutePath().normalize().getParent();
      Path name = folder == null ? null : folder.getFileName();
      return parse(JsonMapper.shared().readTree(in), name == null ? "" : name.toString());
    } catch (JacksonException e) {
      throw new InvalidConfigException(
          List.of(
              new InvalidConfigException.FieldError(
                  "", configJson.getFileName() + " is not valid JSON: " + e.getOriginalMessage())),
          e);
    }
  }

  /** Writes {@link #toJson} in a stable, readable form. */
  default void write(Path configJson) throws IOException {
    Files.writeString(configJson, toJson().toPrettyString() + "\n");
  }
}
