package org.transnormer.corpus.catalogue;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.catalogue.jdbc.JdbcShards;

/** Wiring of the catalogue. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CatalogueProperties.class)
class CatalogueConfiguration {

  @Bean
  Shards shards(JdbcClient jdbc) {
    return new JdbcShards(jdbc);
  }

  @Bean
  OpenShards openShards(ObjectStore store, CatalogueProperties properties) {
    return new OpenShards(store, properties.openShards());
  }

  @Bean
  Catalogue catalogue(Shards shards, OpenShards readers, CatalogueProperties properties) {
    return new Catalogue(shards, readers, properties.scannedDocuments());
  }
}
