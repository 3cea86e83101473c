package org.transnormer.model.config;

import java.util.List;
import java.util.Optional;

/** The first-generation models of {@link NamedSizes}, whose sizes alone say everything. */
public final class TnlSizes {

  private TnlSizes() {}

  public static Optional<TnlConfig> named(String name) {
    return Optional.ofNullable(NamedSizes.all().get(name))
        .map(NamedSizes.Entry::config)
        .filter(config -> config.generation() == 1);
  }

  public static List<String> names() {
    return NamedSizes.all().values().stream()
        .filter(entry -> entry.config().generation() == 1)
        .map(NamedSizes.Entry::name)
        .toList();
  }
}
