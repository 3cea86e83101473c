package org.transnormer.trainer.runs;

import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.Ids;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.removal.Announcements;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.security.ServiceClients;
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
import org.transnormer.trainer.runs.web.CleaningTokenSets;
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

  /** A platform without cleaning-service has only what lies in its store. */
  @Bean
  TokenSetNames tokenSetNames(
      ServiceClients clients, Neighbours neighbours, Environment environment) {
    return environment.containsProperty("tnl.services.cleaning")
        ? new CleaningTokenSets(clients.client("cleaning"), neighbours)
        : id -> Optional.empty();
  }

  @Bean
  ResolveSpec resolveSpec(
      TokenSets tokenSets, TokenSetNames names, ObjectProvider<RunLimits> limits) {
    return new ResolveSpec(
        tokenSets,
        names,
        limits.getIfAvailable(() -> RunLimits.oneRank("choose a launcher (tnl.trainer.launcher)")));
  }

  @Bean
  StartRun startRun(
      TrainingRuns runs,
      ResolveSpec specs,
      Announcements announcements,
      Audit audit,
      Transactions transactions,
      WakeUp wake) {
    return new StartRun(runs, specs, announcements, audit, transactions, wake, Ids::next);
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
