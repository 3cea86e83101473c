package org.transnormer.model.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sizes and constants of one model; everything about it that is not a weight. Every family has
 * its own kind.
 */
public interface ModelConfig {

  /** The family's id, as in run specifications, for example {@code tnl}. */
  String family();

  /** The class that other libraries' loaders look for. */
  String architecture();

  int vocabSize();

  int eosToken();

  /** Trainable numbers, each tied tensor counted once. */
  long parameterCount();

  /** The released {@code config.json} layout; the family reads it back to an equal value. */
  ObjectNode toJson();

  /** Writes {@link #toJson} in a stable, readable form. */
  default void write(Path configJson) throws IOException {
    Files.writeString(configJson, toJson().toPrettyString() + "\n");
  }
}
