package org.transnormer.trainer.aliases;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.trainer.aliases.jdbc.JdbcAliases;
import org.transnormer.trainer.aliases.kafka.OutboxAliasEvents;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.checkpoints.CheckpointReferences;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.sql.Transactions;

/** Wiring of aliases. */
@Configuration(proxyBeanMethods = false)
class AliasConfiguration {

  @Bean
  Aliases aliases(JdbcClient db) {
    return new JdbcAliases(db);
  }

  @Bean
  AliasEvents aliasEvents(Outbox outbox) {
    return new OutboxAliasEvents(outbox);
  }

  @Bean
  CheckpointReferences aliasReferences(Aliases aliases) {
    return new AliasReferences(aliases);
  }

  @Bean
  MoveAlias moveAlias(
      Aliases aliases,
      Checkpoints checkpoints,
      AliasEvents events,
      Audit audit,
      Transactions transactions) {
    return new MoveAlias(aliases, checkpoints, events, audit, transactions);
  }
}
