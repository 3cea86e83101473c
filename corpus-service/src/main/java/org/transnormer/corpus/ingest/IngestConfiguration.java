package org.transnormer.corpus.ingest;

import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.catalogue.Shards;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.ingest.batch.IngestionSteps;
import org.transnormer.corpus.ingest.files.FileReading;
import org.transnormer.corpus.ingest.files.FilesInRoots;
import org.transnormer.corpus.ingest.jdbc.JdbcIngestions;
import org.transnormer.corpus.sources.SourceBuckets;
import org.transnormer.corpus.sources.SourceRoots;
import org.transnormer.corpus.sources.Sources;
import org.transnormer.support.BackgroundLoop;
import org.transnormer.support.Transactions;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.removal.Garbage;
import org.transnormer.support.store.Scratch;

/** Wiring of ingestion. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IngestProperties.class)
class IngestConfiguration {

  @Bean
  Ingestions ingestions(JdbcClient jdbc, Transactions transactions) {
    return new JdbcIngestions(jdbc, transactions);
  }

  @Bean
  SourceFiles sourceFiles(SourceRoots roots, SourceBuckets buckets) {
    return new FilesInRoots(roots, buckets::client);
  }

  @Bean
  IngestionSteps ingestionSteps(
      Ingestions ingestions,
      Sources sources,
      SourceFiles files,
      Shards shards,
      Garbage garbage,
      ObjectStore store,
      Scratch scratch,
      Outbox outbox,
      Transactions transactions,
      IngestProperties properties) {
    ReadLimits limits = properties.limits();
    return new IngestionSteps(
        ingestions,
        sources,
        new PlanIngestion(ingestions, files, store, properties.cut(), properties.sourceFiles()),
        new ReadPartition(
            store,
            scratch.folder().resolve("ingest"),
            files,
            new FileReading(limits),
            limits.file(),
            properties.shardLimits()),
        new CommitPartition(ingestions, garbage, store),
        new CompleteIngestion(ingestions, shards, store, outbox, transactions),
        store,
        transactions);
  }

  @Bean
  StartIngestion startIngestion(
      Corpora corpora,
      Sources sources,
      Ingestions ingestions,
      IngestionJobs jobs,
      Transactions transactions,
      Audit audit,
      Clock clock) {
    return new StartIngestion(corpora, sources, ingestions, jobs, transactions, audit, clock);
  }

  @Bean
  ListFailures listFailures(Ingestions ingestions, ObjectStore store) {
    return new ListFailures(ingestions, store);
  }

  @Bean
  BackgroundLoop forgottenIngestions(StartIngestion start) {
    return new BackgroundLoop(
        "forgotten-ingestions", Duration.ofSeconds(15), start::launchForgotten);
  }
}
