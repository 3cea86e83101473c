package org.transnormer.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Profiles;
import org.springframework.core.io.ClassPathResource;

/**
 * Adds {@code tnl-defaults.yaml}, and in the profile {@code cluster} {@code
 * tnl-defaults-cluster.yaml}, below every other source of properties, so that a service's own file
 * wins.
 */
public final class PlatformDefaults implements EnvironmentPostProcessor, Ordered {
  private static final String DEFAULTS = "tnl-defaults";
  private static final String CLUSTER = "cluster";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (environment.acceptsProfiles(Profiles.of(CLUSTER))) {
      addLast(environment, DEFAULTS + "-" + CLUSTER);
    }
    addLast(environment, DEFAULTS);
  }

  private static void addLast(ConfigurableEnvironment environment, String name) {
    if (environment.getPropertySources().contains(name)) {
      return;
    }
    try {
      new YamlPropertySourceLoader()
          .load(name, new ClassPathResource(name + ".yaml"))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + ".yaml", e);
    }
  }

  @Override
  public int getOrder() {
    return ConfigDataEnvironmentPostProcessor.ORDER + 1;
  }
}
