package org.transnormer.corpus.retention;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.garbage.Garbage;
import org.transnormer.corpus.ingest.IngestionJobs;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.retention.jdbc.JdbcReferences;
import org.transnormer.corpus.sources.Sources;
import org.transnormer.support.Transactions;

/** Wiring of removal. */
@Configuration(proxyBeanMethods = false)
class RetentionConfiguration {

  @Bean
  RemoveCorpus removeCorpus(
      Corpora corpora,
      Sources sources,
      Ingestions ingestions,
      IngestionJobs jobs,
      JdbcClient jdbc,
      Garbage garbage,
      Transactions transactions,
      Audit audit) {
    return new RemoveCorpus(
        corpora, sources, ingestions, jobs, new JdbcReferences(jdbc), garbage, transactions, audit);
  }
}
