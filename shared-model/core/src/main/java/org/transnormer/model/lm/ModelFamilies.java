package org.transnormer.model.lm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.device.Devices;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The families that there are, by their ids, and which of them a configuration is of. */
public final class ModelFamilies {

  /** The family of specifications that name none. */
  public static final String USUAL = "tnl";

  /** Bytes of a {@code config.json}; released ones have one or two thousand. */
  private static final long LONGEST_CONFIG = 1L << 20;

  private static final SortedMap<String, FamilyProvider> BY_ID = find();

  private ModelFamilies() {}

  private static SortedMap<String, FamilyProvider> find() {
    SortedMap<String, FamilyProvider> found = new TreeMap<>();
    ClassLoader loader = FamilyProvider.class.getClassLoader();
    for (FamilyProvider family : ServiceLoader.load(FamilyProvider.class, loader)) {
      if (found.put(family.id(), family) != null) {
        throw new IllegalStateException("two families are called " + family.id());
      }
    }
    return found;
  }

  public static SortedSet<String> ids() {
    return new TreeSet<>(BY_ID.keySet());
  }

  public static Optional<FamilyProvider> named(String id) {
    return Optional.ofNullable(BY_ID.get(id));
  }

  /** The family of a configuration. */
  public static ModelFamily of(ModelConfig config) {
    return named(config.family())
        .orElseThrow(() -> new IllegalArgumentException("no family is called " + config.family()))
        .of(config);
  }

  /**
   * Reads a {@code config.json} of whatever family.
   *
   * @throws InvalidConfigException naming every field that is missing, unusable or contradictory
   */
  public static ModelConfig parse(JsonNode json) {
    return parse(json, "");
  }

  private static ModelConfig parse(JsonNode json, String folder) {
    if (!json.isObject()) {
      throw new InvalidConfigException("", "a model configuration is a JSON object");
    }
    JsonNode type = json.path("model_type");
    return BY_ID.values().stream()
        .filter(family -> type.isString() && type.stringValue().equals(family.modelType()))
        .findFirst()
        .orElseThrow(() -> unknown(type))
        .parse(json, folder);
  }

  private static InvalidConfigException unknown(JsonNode type) {
    String types =
        BY_ID.values().stream()
            .map(family -> "\"" + family.modelType() + "\"")
            .collect(Collectors.joining(" or "));
    return new InvalidConfigException(
        "model_type",
        "must be %s, found %s".formatted(types, type.isMissingNode() ? "nothing" : type));
  }

  /** {@link #parse} of a file; a file that is no JSON is an {@link InvalidConfigException} too. */
  public static ModelConfig read(Path configJson) throws IOException {
    if (Files.size(configJson) > LONGEST_CONFIG) {
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
              new FieldError(
                  "", configJson.getFileName() + " is not valid JSON: " + e.getOriginalMessage())),
          e);
    }
  }

  /**
   * The weights of a folder, with the configuration beside them.
   *
   * @throws org.transnormer.model.checkpoint.MalformedCheckpointException naming the file and the
   *     tensor that do not fit
   */
  public static ModelWeights weights(Path folder) throws IOException {
    return of(read(new CheckpointFolder(folder).config())).weights(folder);
  }

  static CausalLm load(Path checkpointDir, LoadOptions options) throws IOException {
    ModelConfig config = read(new CheckpointFolder(checkpointDir).config());
    Backend backend = Devices.open(options.device(), options.threads(), options.pinThreads());
    return of(config).load(checkpointDir, backend, options.weights());
  }
}
