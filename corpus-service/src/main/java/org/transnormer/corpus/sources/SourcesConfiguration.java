package org.transnormer.corpus.sources;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.S3Clients;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.sources.jdbc.JdbcSources;
import org.transnormer.support.Transactions;

/** Wiring of sources. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CorpusRootsProperties.class)
class SourcesConfiguration {

  @Bean
  SourceRoots sourceRoots(CorpusRootsProperties properties) {
    return new SourceRoots(properties.uris());
  }

  @Bean
  SourceBuckets sourceBuckets(CorpusRootsProperties properties) {
    return new SourceBuckets(() -> S3Clients.client(properties.s3Options()));
  }

  @Bean
  Sources sources(JdbcClient jdbc) {
    return new JdbcSources(jdbc);
  }

  @Bean
  AddSource addSource(
      Corpora corpora, Sources sources, SourceRoots roots, Transactions transactions, Audit audit) {
    return new AddSource(corpora, sources, roots, transactions, audit);
  }
}
