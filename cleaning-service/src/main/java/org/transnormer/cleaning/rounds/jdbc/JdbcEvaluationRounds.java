package org.transnormer.cleaning.rounds.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.cleaning.rounds.EvaluationRound;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.rounds.EvaluationTrainings.Checkpoint;

@Repository
class JdbcEvaluationRounds implements EvaluationRounds {

  private final JdbcClient jdbc;

  JdbcEvaluationRounds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void add(String runId, int number, int window, boolean autoAccept) {
    jdbc.sql(
            "insert into evaluation_round (run_id, round, window_tokens, auto_accept)"
                + " values (:run, :round, :window, :auto) on conflict do nothing")
        .param("run", runId)
        .param("round", number)
        .param("window", window)
        .param("auto", autoAccept)
        .update();
  }

  @Override
  public Optional<EvaluationRound> find(String runId, int number) {
    return jdbc.sql("select * from evaluation_round where run_id = :run and round = :round")
        .param("run", runId)
        .param("round", number)
        .query(JdbcEvaluationRounds::round)
        .optional();
  }

  @Override
  public List<EvaluationRound> of(String runId) {
    return jdbc.sql("select * from evaluation_round where run_id = :run order by round")
        .param("run", runId)
        .query(JdbcEvaluationRounds::round)
        .list();
  }

  @Override
  public void tokenized(String runId, int number, String tokenizer, double sampleShare) {
    update(runId, number, Map.of("tokenizer_sha256", tokenizer, "sample_share", sampleShare));
  }

  @Override
  public void trainingFailed(String runId, int number) {
    jdbc.sql(
            "update evaluation_round set training_run_id = null,"
                + " training_failures = training_failures + 1"
                + " where run_id = :run and round = :round")
        .param("run", runId)
        .param("round", number)
        .update();
  }

  @Override
  public void tokenSet(String runId, int number, String tokenSetId, String prefix) {
    update(runId, number, Map.of("token_set_id", tokenSetId, "token_set_prefix", prefix));
  }

  @Override
  public void training(String runId, int number, String trainingRunId) {
    update(runId, number, Map.of("training_run_id", trainingRunId));
  }

  @Override
  public void trained(String runId, int number, Checkpoint checkpoint) {
    jdbc.sql(
            """
            update evaluation_round
               set checkpoint_id = :id, checkpoint_prefix = :prefix, checkpoint_digest = :digest,
                   heldout_loss = :loss
             where run_id = :run and round = :round
            """)
        .param("id", checkpoint.id())
        .param("prefix", checkpoint.prefix())
        .param("digest", checkpoint.digest())
        .param("loss", checkpoint.heldoutLoss())
        .param("run", runId)
        .param("round", number)
        .update();
  }

  @Override
  public void scored(String runId, int number, long scored, long unscored) {
    update(runId, number, Map.of("scored", scored, "unscored", unscored));
  }

  @Override
  public void cut(String runId, int number, String cut) {
    update(runId, number, Map.of("cut", cut));
  }

  /**
   * @param columns names are constants of this class
   */
  private void update(String runId, int number, Map<String, Object> columns) {
    String assignments =
        columns.keySet().stream()
            .map(name -> name + " = :" + name)
            .collect(Collectors.joining(","));
    jdbc.sql(
            "update evaluation_round set "
                + assignments
                + " where run_id = :runId and round = :roundNumber")
        .params(columns)
        .param("runId", runId)
        .param("roundNumber", number)
        .update();
  }

  private static EvaluationRound round(ResultSet row, int number) throws SQLException {
    return new EvaluationRound(
        row.getString("run_id"),
        row.getInt("round"),
        row.getInt("window_tokens"),
        row.getBoolean("auto_accept"),
        row.getString("tokenizer_sha256"),
        row.getObject("sample_share", Double.class),
        row.getString("token_set_id"),
        row.getString("token_set_prefix"),
        row.getString("training_run_id"),
        row.getInt("training_failures"),
        checkpoint(row),
        row.getObject("scored", Long.class),
        row.getObject("unscored", Long.class),
        row.getString("cut"));
  }

  private static @Nullable Checkpoint checkpoint(ResultSet row) throws SQLException {
    String id = row.getString("checkpoint_id");
    return id == null
        ? null
        : new Checkpoint(
            id,
            row.getString("checkpoint_prefix"),
            row.getString("checkpoint_digest"),
            row.getObject("heldout_loss", Double.class));
  }
}
