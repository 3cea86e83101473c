package org.transnormer.corpus.snapshots;

import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.snapshots.jdbc.JdbcExports;
import org.transnormer.corpus.snapshots.jdbc.JdbcSnapshots;
import org.transnormer.corpus.snapshots.kafka.SnapshotListener;
import org.transnormer.support.BackgroundLoop;
import org.transnormer.support.Transactions;
import org.transnormer.support.kafka.ProcessedMessages;
import org.transnormer.support.removal.Garbage;

/** Wiring of snapshots and their exports. */
@Configuration(proxyBeanMethods = false)
class SnapshotsConfiguration {

  @Bean
  Snapshots snapshots(JdbcClient jdbc) {
    return new JdbcSnapshots(jdbc);
  }

  @Bean
  Exports exports(JdbcClient jdbc) {
    return new JdbcExports(jdbc);
  }

  @Bean
  SnapshotListener snapshotListener(
      ProcessedMessages processed,
      ObjectStore store,
      Snapshots snapshots,
      Garbage garbage,
      Clock clock) {
    return new SnapshotListener(processed, new TakeSnapshot(store, snapshots, garbage, clock));
  }

  @Bean
  StartExport startExport(
      Snapshots snapshots,
      Exports exports,
      ExportJobs jobs,
      Garbage garbage,
      Transactions transactions,
      Audit audit,
      Clock clock) {
    return new StartExport(snapshots, exports, jobs, garbage, transactions, audit, clock);
  }

  @Bean
  BackgroundLoop forgottenExports(StartExport start) {
    return new BackgroundLoop("forgotten-exports", Duration.ofSeconds(15), start::launchForgotten);
  }
}
