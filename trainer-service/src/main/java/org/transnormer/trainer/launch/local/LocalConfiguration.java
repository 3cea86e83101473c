package org.transnormer.trainer.launch.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.support.store.Scratch;
import org.transnormer.support.store.StoreProperties;
import org.transnormer.trainer.launch.WorkerStore;
import org.transnormer.trainer.runs.RunLimits;

/** Wiring of {@code tnl.trainer.launcher=local}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "tnl.trainer.launcher", havingValue = "local")
@EnableConfigurationProperties(LocalProperties.class)
class LocalConfiguration {

  /** Closed by the launcher, while workers can still report their end. */
  @Bean(destroyMethod = "")
  LocalCluster localCluster(
      LocalProperties properties, StoreProperties store, Scratch scratch, Clock clock)
      throws IOException {
    Path folder =
        properties.folder() == null ? scratch.folder().resolve("workers") : properties.folder();
    return new LocalCluster(
        folder.toAbsolutePath(), WorkerStore.of(store).all(), properties, clock);
  }

  @Bean
  RunLimits runLimits(LocalProperties properties) {
    String toRaise = "set tnl.trainer.local.ranks to the number of this machine's GPUs";
    return properties.ranks() > 1
        ? new RunLimits(properties.ranks(), toRaise)
        : RunLimits.oneRank(toRaise);
  }
}
