package org.transnormer.corpus.retention;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.catalogue.OpenShards;
import org.transnormer.corpus.ingest.IngestionJobs;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.retention.jdbc.JdbcReferences;
import org.transnormer.corpus.retention.jdbc.JdbcRemovables;
import org.transnormer.corpus.snapshots.ExportJobs;
import org.transnormer.corpus.snapshots.Exports;
import org.transnormer.support.removal.Neighbours;

/** Wiring of removal. */
@Configuration(proxyBeanMethods = false)
class RetentionConfiguration {

  @Bean
  JdbcReferences references(JdbcClient jdbc, OpenShards readers) {
    return new JdbcReferences(jdbc, readers);
  }

  @Bean
  Removables removables(
      JdbcClient jdbc,
      ObjectStore store,
      Ingestions ingestions,
      IngestionJobs ingestionJobs,
      Exports exports,
      ExportJobs exportJobs,
      Neighbours neighbours) {
    return new JdbcRemovables(
        jdbc,
        store,
        new RunningIngestions(ingestions, ingestionJobs),
        exports,
        exportJobs,
        neighbours);
  }
}
