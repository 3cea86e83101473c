package org.transnormer.corpus.garbage;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.catalogue.OpenShards;
import org.transnormer.corpus.garbage.jdbc.JdbcGarbage;
import org.transnormer.support.BackgroundLoop;
import org.transnormer.support.Transactions;

/** Wiring of what waits for removal. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RetentionProperties.class)
class GarbageConfiguration {

  @Bean
  Garbage garbage(JdbcClient jdbc, RetentionProperties properties) {
    return new JdbcGarbage(jdbc, properties.keep());
  }

  @Bean
  BackgroundLoop storeSweep(
      Garbage garbage,
      ObjectStore store,
      OpenShards readers,
      Transactions transactions,
      RetentionProperties properties) {
    SweepStore sweep = new SweepStore(garbage, store, readers, transactions);
    return new BackgroundLoop("store-sweep", properties.sweep(), sweep::sweep);
  }
}
