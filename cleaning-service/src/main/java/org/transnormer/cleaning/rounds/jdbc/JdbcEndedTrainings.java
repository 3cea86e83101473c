package org.transnormer.cleaning.rounds.jdbc;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.cleaning.rounds.EndedTrainings;

@Repository
class JdbcEndedTrainings implements EndedTrainings {

  private final JdbcClient jdbc;

  JdbcEndedTrainings(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void add(String trainingRunId, String state) {
    jdbc.sql(
            "insert into ended_training (run_id, state) values (:id, :state) on conflict do nothing")
        .param("id", trainingRunId)
        .param("state", state)
        .update();
  }

  @Override
  public boolean contains(String trainingRunId) {
    return jdbc.sql("select 1 from ended_training where run_id = :id")
        .param("id", trainingRunId)
        .query((row, number) -> 1)
        .optional()
        .isPresent();
  }
}
