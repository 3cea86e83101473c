package org.transnormer.trainer.runs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.Ids;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.checkpoints.CheckpointReferences;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.progress.KnownRuns;
import org.transnormer.trainer.progress.RunMetrics;
import org.transnormer.trainer.runs.files.StoredBatchDocuments;
import org.transnormer.trainer.runs.files.StoredTokenSets;
import org.transnormer.trainer.runs.jdbc.JdbcRunAttempts;
import org.transnormer.trainer.runs.jdbc.JdbcRunReferences;
import org.transnormer.trainer.runs.jdbc.JdbcTrainingRuns;
import org.transnormer.trainer.runs.kafka.OutboxRunEvents;
import org.transnormer.trainer.sql.Transactions;

/** Wiring of training runs. */
@Configuration(proxyBeanMethods = false)
class RunConfiguration {

  @Bean
  TrainingRuns trainingRuns(JdbcClient db) {
    return new JdbcTrainingRuns(db);
  }

  @Bean
  RunAttempts runAttempts(JdbcClient db) {
    return new JdbcRunAttempts(db);
  }

  @Bean
  CheckpointReferences runReferences(JdbcClient db) {
    return new JdbcRunReferences(db);
  }

  @Bean
  RunEvents runEvents(Outbox outbox) {
    return new OutboxRunEvents(outbox);
  }

  @Bean
  TokenSets tokenSets(ObjectStore store) {
    return new StoredTokenSets(store);
  }

  @Bean
  BatchDocuments batchDocuments(ObjectStore store) {
    return new StoredBatchDocuments(store);
  }

  @Bean
  KnownRuns knownRuns(TrainingRuns runs) {
    return id -> runs.version(id).isPresent();
  }

  @Bean
  WakeUp wakeUp() {
    return new WakeUp();
  }

  @Bean
  StartRun startRun(
      TrainingRuns runs, TokenSets tokenSets, Audit audit, Transactions transactions, WakeUp wake) {
    return new StartRun(runs, new ResolveSpec(tokenSets), audit, transactions, wake, Ids::next);
  }

  @Bean
  SteerRun steerRun(TrainingRuns runs, Audit audit, Transactions transactions, WakeUp wakeUp) {
    return new SteerRun(runs, audit, transactions, wakeUp);
  }

  @Bean
  ReadRuns readRuns(
      TrainingRuns runs, RunAttempts attempts, RunMetrics metrics, Checkpoints checkpoints) {
    return new ReadRuns(runs, attempts, metrics, checkpoints);
  }
}
