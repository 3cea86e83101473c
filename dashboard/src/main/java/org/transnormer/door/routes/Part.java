package org.transnormer.door.routes;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A service behind the door. */
public enum Part {
  CORPUS,
  CLEANING,
  TRAINER,
  INFERENCE;

  /** Those that run batch jobs. */
  public static final List<Part> WITH_JOBS = List.of(CORPUS, CLEANING);

  /** As in configuration, ids and JSON. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Part> of(String text) {
    return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
  }
}
