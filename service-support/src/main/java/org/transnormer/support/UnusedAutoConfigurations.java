package org.transnormer.support;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * In the standalone platform all services share one class path, so a library that one of them needs
 * is seen by all. Batch and integration are set up only where {@code tnl.batch.enabled} is true.
 */
public final class UnusedAutoConfigurations
    implements AutoConfigurationImportFilter, EnvironmentAware {
  public static final String BATCH = "tnl.batch.enabled";
  private static final List<String> BATCH_PACKAGES =
      List.of("org.springframework.boot.batch.", "org.springframework.boot.integration.");

  private @Nullable Environment environment;

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean[] match(@Nullable String[] names, AutoConfigurationMetadata metadata) {
    boolean batch =
        environment != null && environment.getProperty(BATCH, Boolean.class, Boolean.FALSE);
    boolean[] wanted = new boolean[names.length];
    for (int i = 0; i < names.length; i++) {
      String name = names[i];
      wanted[i] = batch || name == null || BATCH_PACKAGES.stream().noneMatch(name::startsWith);
    }
    return wanted;
  }
}
