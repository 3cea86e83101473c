package org.transnormer.support.events;

import java.util.regex.Pattern;

/**
 * A Kafka topic and the record on it. The version is in the name; a record only ever gains fields.
 */
public record Topic(String name, Class<? extends Record> event) {
  private static final Pattern NAME = Pattern.compile("[a-z]+(\\.[a-z-]+)+\\.v[0-9]+");
  private static final String DEAD_LETTERS = ".dlt";

  public Topic {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("a topic is <service>.<thing>.<past>.v<n>, not " + name);
    }
  }

  /** Where messages go that could not be consumed. */
  public String deadLetters() {
    return name + DEAD_LETTERS;
  }
}
