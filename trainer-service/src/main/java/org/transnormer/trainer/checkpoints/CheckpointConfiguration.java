package org.transnormer.trainer.checkpoints;

import java.util.List;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.S3Options;
import org.transnormer.support.Ids;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.ServiceClients;
import org.transnormer.support.store.Scratch;
import org.transnormer.support.store.StoreProperties;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.checkpoints.RegisterCheckpoint.CheckpointImport;
import org.transnormer.trainer.checkpoints.files.CheckpointImporter;
import org.transnormer.trainer.checkpoints.files.StoredCheckpoints;
import org.transnormer.trainer.checkpoints.jdbc.JdbcCheckpoints;
import org.transnormer.trainer.checkpoints.kafka.OutboxCheckpointEvents;
import org.transnormer.trainer.checkpoints.web.DeploymentReferences;
import org.transnormer.trainer.sql.Transactions;

/** Wiring of the checkpoint registry. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CheckpointProperties.class)
class CheckpointConfiguration {

  @Bean
  Checkpoints checkpoints(JdbcClient db) {
    return new JdbcCheckpoints(db);
  }

  @Bean
  CheckpointFiles checkpointFiles(ObjectStore store) {
    return new StoredCheckpoints(store);
  }

  @Bean
  CheckpointEvents checkpointEvents(Outbox outbox) {
    return new OutboxCheckpointEvents(outbox);
  }

  /** A platform without inference-service serves nothing. */
  @Bean
  @ConditionalOnProperty("tnl.services.inference")
  CheckpointReferences deploymentReferences(ServiceClients clients) {
    return new DeploymentReferences(clients.client("inference"));
  }

  @Bean
  DisposeCheckpoints disposeCheckpoints(
      Checkpoints checkpoints,
      CheckpointFiles files,
      List<CheckpointReferences> references,
      Transactions transactions) {
    return new DisposeCheckpoints(checkpoints, files, references, transactions);
  }

  @Bean
  CheckpointImport checkpointImport(
      ObjectStore store,
      StoreProperties storeProperties,
      CheckpointProperties properties,
      Scratch scratch) {
    return new CheckpointImporter(
        store,
        s3Options(storeProperties),
        scratch.folder().resolve("store-cache"),
        properties.importRoots(),
        scratch.folder().resolve("imports"));
  }

  @Bean
  RegisterCheckpoint registerCheckpoint(
      Checkpoints checkpoints,
      CheckpointImport imports,
      CheckpointEvents events,
      Audit audit,
      Transactions transactions) {
    return new RegisterCheckpoint(checkpoints, imports, events, audit, transactions, Ids::next);
  }

  /** Checkpoints are brought from S3 with the rights that the platform's own store has. */
  private static Optional<S3Options> s3Options(StoreProperties store) {
    return Optional.ofNullable(store.s3())
        .map(s3 ->
            new S3Options(
                Optional.ofNullable(s3.endpoint()),
                s3.region(),
                Optional.ofNullable(s3.accessKey()),
                Optional.ofNullable(s3.secretKey()),
                s3.pathStyle()));
  }
}
