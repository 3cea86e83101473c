package org.transnormer.model.lm;

import java.util.Map;
import java.util.SequencedMap;
import org.transnormer.model.config.ModelConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A family of models, found as a service; nothing but its own package knows it by more. */
public interface FamilyProvider {

  /** As specifications and reports call it. */
  String id();

  /** The {@code model_type} of its configuration files. */
  String modelType();

  /**
   * Reads a {@code config.json} of that type.
   *
   * @param folder the name of the folder that it lies in; empty where it lies in none
   * @throws org.transnormer.model.config.InvalidConfigException naming every field that is missing,
   *     unusable or contradictory
   */
  ModelConfig parse(JsonNode json, String folder);

  /**
   * A model by the sizes of a run specification.
   *
   * @param sizes as people write them, with a token set's {@code vocabSize} and {@code eosToken}
   *     where they say nothing of these; whatever else is left out has the family's default
   * @throws org.transnormer.model.config.InvalidConfigException naming every field that is unknown,
   *     missing or unusable, as in specifications or as in configuration files
   */
  ModelConfig ofSizes(ObjectNode sizes);

  /** Every size, no default left open; {@link #ofSizes} reads them back to an equal value. */
  ObjectNode sizes(ModelConfig config);

  /** How configuration files name a field, and how specifications do. */
  Map<String, String> sizeNames();

  /** Sizes that a specification may name, whatever the vocabulary. */
  SequencedMap<String, ObjectNode> presets();

  /**
   * @param config of this family
   */
  ModelFamily of(ModelConfig config);
}
