package org.transnormer.inference.answers.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.inference.answers.Answer;
import org.transnormer.inference.answers.Answers;
import org.transnormer.inference.generation.Usage;

@Repository
class JdbcAnswers implements Answers {

  private final JdbcClient jdbc;

  JdbcAnswers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void begin(Answer answer) {
    jdbc.sql(
            """
            insert into answer (id, deployment, checkpoint_id, created_at, caller)
            values (:id, :deployment, :checkpoint, :created, :caller)
            """)
        .param("id", answer.id())
        .param("deployment", answer.deployment())
        .param("checkpoint", answer.checkpointId())
        .param("created", Timestamp.from(answer.createdAt()))
        .param("caller", answer.caller())
        .update();
  }

  @Override
  public void end(String id, Usage usage) {
    jdbc.sql(
            """
            update answer set prompt_tokens = :prompt, completion_tokens = :completion where id = :id
            """)
        .param("prompt", usage.promptTokens())
        .param("completion", usage.completionTokens())
        .param("id", id)
        .update();
  }

  @Override
  public Optional<Answer> find(String id) {
    return jdbc.sql("select * from answer where id = :id")
        .param("id", id)
        .query((row, number) -> answer(row))
        .optional();
  }

  private static Answer answer(ResultSet row) throws SQLException {
    return new Answer(
        row.getString("id"),
        row.getString("deployment"),
        row.getString("checkpoint_id"),
        row.getTimestamp("created_at").toInstant(),
        new Usage(row.getInt("prompt_tokens"), row.getInt("completion_tokens")),
        row.getString("caller"));
  }
}
