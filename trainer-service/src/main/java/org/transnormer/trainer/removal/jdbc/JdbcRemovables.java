package org.transnormer.trainer.removal.jdbc;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Removable;
import org.transnormer.trainer.aliases.Aliases;
import org.transnormer.trainer.checkpoints.CheckpointReferences;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.removal.AliasRemoval;
import org.transnormer.trainer.removal.CheckpointRemoval;
import org.transnormer.trainer.removal.Removables;
import org.transnormer.trainer.runs.jdbc.JdbcRunReferences;

/** What can be removed, as PostgreSQL has it. */
public record JdbcRemovables(
    JdbcClient db,
    Checkpoints checkpoints,
    Aliases aliases,
    List<CheckpointReferences> references,
    Neighbours neighbours)
    implements Removables {

  /** That checkpoints are a run's own best and last does not hold the run itself. */
  @Override
  public Removable run(String id) {
    List<CheckpointReferences> others =
        references.stream().filter(each -> !(each instanceof JdbcRunReferences)).toList();
    return new RunRemoval(db, checkpoints, others, neighbours, id);
  }

  @Override
  public Removable checkpoint(String id) {
    return new CheckpointRemoval(checkpoints, references, id);
  }

  @Override
  public Removable alias(String name) {
    return new AliasRemoval(aliases, references, name);
  }
}
