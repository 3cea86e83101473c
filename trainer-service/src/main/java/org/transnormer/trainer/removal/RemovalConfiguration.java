package org.transnormer.trainer.removal;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.trainer.aliases.Aliases;
import org.transnormer.trainer.checkpoints.CheckpointReferences;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.removal.jdbc.JdbcReferences;
import org.transnormer.trainer.removal.jdbc.JdbcRemovables;

/** Wiring of removal. */
@Configuration(proxyBeanMethods = false)
class RemovalConfiguration {

  @Bean
  JdbcReferences references(JdbcClient db) {
    return new JdbcReferences(db);
  }

  @Bean
  Removables removables(
      JdbcClient db,
      Checkpoints checkpoints,
      Aliases aliases,
      List<CheckpointReferences> references,
      Neighbours neighbours) {
    return new JdbcRemovables(db, checkpoints, aliases, references, neighbours);
  }
}
