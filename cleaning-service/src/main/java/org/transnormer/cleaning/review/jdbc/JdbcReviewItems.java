package org.transnormer.cleaning.review.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.transnormer.cleaning.review.Decision;
import org.transnormer.cleaning.review.Precision;
import org.transnormer.cleaning.review.ReviewItem;
import org.transnormer.cleaning.review.ReviewItem.State;
import org.transnormer.cleaning.review.ReviewItems;

@Repository
class JdbcReviewItems implements ReviewItems {

  private final JdbcClient jdbc;

  JdbcReviewItems(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  @Transactional
  public void add(List<ReviewItem> items) {
    for (ReviewItem item : items) {
      jdbc.sql(
              """
              insert into review_item (id, run_id, round, document_id, part, ordinal, stratum, score,
                                       threshold, keep, state)
              values (:id, :run, :round, :document, :part, :ordinal, :stratum, :score, :limit, :keep, :state)
              on conflict (run_id, round, part, ordinal) do nothing
              """)
          .param("id", item.id())
          .param("run", item.runId())
          .param("round", item.round())
          .param("document", item.documentId())
          .param("part", item.part())
          .param("ordinal", item.ordinal())
          .param("stratum", item.stratum())
          .param("score", item.score())
          .param("limit", item.limit())
          .param("keep", item.keep())
          .param("state", item.state().label())
          .update();
    }
  }

  @Override
  public Optional<ReviewItem> find(String id) {
    return jdbc.sql("select * from review_item where id = :id")
        .param("id", id)
        .query(JdbcReviewItems::item)
        .optional();
  }

  @Override
  public List<ReviewItem> list(Filter filter, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from review_item
             where (cast(:run as text) is null or run_id = :run)
               and (cast(:round as int) is null or round = :round)
               and (cast(:state as text) is null or state = :state)
               and (cast(:after as text) is null or id > :after)
             order by id limit :limit
            """)
        .param("run", filter.runId())
        .param("round", filter.round())
        .param("state", filter.state() == null ? null : filter.state().label())
        .param("after", after)
        .param("limit", limit)
        .query(JdbcReviewItems::item)
        .list();
  }

  @Override
  public void apply(String runId, int round) {
    jdbc.sql(
            "update review_item set applied = true where run_id = :run and round = :round"
                + " and state in ('accepted', 'rejected')")
        .param("run", runId)
        .param("round", round)
        .update();
  }

  @Override
  public long pending(String runId, int round) {
    return jdbc.sql(
            "select count(*) from review_item where run_id = :run and round = :round"
                + " and state = 'pending'")
        .param("run", runId)
        .param("round", round)
        .query((row, number) -> row.getLong(1))
        .single();
  }

  @Override
  public List<ReviewItem> applied(String runId) {
    return jdbc.sql("select * from review_item where run_id = :run and applied order by id")
        .param("run", runId)
        .query(JdbcReviewItems::item)
        .list();
  }

  @Override
  public Map<State, Long> counts(String runId) {
    Map<State, Long> counts = new EnumMap<>(State.class);
    jdbc.sql("select state, count(*) n from review_item where run_id = :run group by state")
        .param("run", runId)
        .query(row -> {
          counts.put(State.of(row.getString("state")), row.getLong("n"));
        });
    return counts;
  }

  @Override
  public void decide(String id, Decision decision, String by) {
    jdbc.sql(
            "update review_item set state = :state, decided_by = :by, decided_at = now()"
                + " where id = :id")
        .param("state", State.of(decision).label())
        .param("by", by)
        .param("id", id)
        .update();
  }

  @Override
  public Precision precision(String runId, int round, boolean kept) {
    return jdbc.sql(
            """
            select count(*) judged, count(*) filter (where (state = 'accepted') = keep) agreed
              from review_item
             where run_id = :run and round = :round and keep = :keep
               and state in ('accepted', 'rejected')
            """)
        .param("run", runId)
        .param("round", round)
        .param("keep", kept)
        .query((row, number) -> Precision.wilson(row.getLong("agreed"), row.getLong("judged")))
        .single();
  }

  private static ReviewItem item(ResultSet row, int number) throws SQLException {
    OffsetDateTime decidedAt = row.getObject("decided_at", OffsetDateTime.class);
    return new ReviewItem(
        row.getString("id"),
        row.getString("run_id"),
        row.getInt("round"),
        row.getString("document_id"),
        row.getInt("part"),
        row.getInt("ordinal"),
        row.getString("stratum"),
        row.getDouble("score"),
        row.getDouble("threshold"),
        row.getBoolean("keep"),
        State.of(row.getString("state")),
        row.getString("decided_by"),
        decidedAt == null ? null : decidedAt.toInstant());
  }
}
