package org.transnormer.corpus.snapshots.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.corpus.snapshots.CommittedSnapshot;
import org.transnormer.corpus.snapshots.Snapshots;

/** Snapshots in PostgreSQL. */
public final class JdbcSnapshots implements Snapshots {
  private final JdbcClient jdbc;

  public JdbcSnapshots(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void add(CommittedSnapshot snapshot, List<ShardRef> shards) {
    int added =
        jdbc.sql(
                """
                insert into snapshot (id, prefix, corpus_id, cleaning_run_id, recipe_hash,
                                      documents_in, documents_kept, train_documents,
                                      heldout_documents, shards, created_at)
                values (:id, :prefix, :corpus, :run, :recipe, :in, :kept, :train, :heldout,
                        :shards, :createdAt)
                on conflict (id) do nothing
                """)
            .param("id", snapshot.id())
            .param("prefix", snapshot.prefix())
            .param("corpus", snapshot.corpusId())
            .param("run", snapshot.cleaningRunId())
            .param("recipe", snapshot.recipeHash())
            .param("in", snapshot.documentsIn())
            .param("kept", snapshot.documentsKept())
            .param("train", snapshot.trainDocuments())
            .param("heldout", snapshot.heldoutDocuments())
            .param("shards", snapshot.shards())
            .param("createdAt", snapshot.createdAt().atOffset(ZoneOffset.UTC))
            .update();
    if (added == 1) {
      shards.forEach(shard -> addShard(snapshot.id(), shard));
    }
  }

  private void addShard(String snapshotId, ShardRef shard) {
    jdbc.sql("insert into snapshot_shard (snapshot_id, sha256, prefix) values (?, ?, ?)")
        .params(snapshotId, shard.sha256(), shard.prefix())
        .update();
  }

  @Override
  public Optional<CommittedSnapshot> find(String id) {
    return jdbc.sql("select * from snapshot where id = ?")
        .param(id)
        .query(JdbcSnapshots::snapshot)
        .optional();
  }

  @Override
  public boolean hold(String id) {
    return jdbc.sql("select 1 from snapshot where id = ? for share")
        .param(id)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  @Override
  public List<CommittedSnapshot> list(
      @Nullable String corpusId, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from snapshot
            where (:corpus::text is null or corpus_id = :corpus)
              and (:after::text is null
                   or (created_at, id) < (select created_at, id from snapshot where id = :after))
            order by created_at desc, id desc limit :limit
            """)
        .param("corpus", corpusId)
        .param("after", after)
        .param("limit", limit)
        .query(JdbcSnapshots::snapshot)
        .list();
  }

  private static CommittedSnapshot snapshot(ResultSet row, int number) throws SQLException {
    return new CommittedSnapshot(
        row.getString("id"),
        row.getString("prefix"),
        row.getString("corpus_id"),
        row.getString("cleaning_run_id"),
        row.getString("recipe_hash"),
        row.getLong("documents_in"),
        row.getLong("documents_kept"),
        row.getLong("train_documents"),
        row.getLong("heldout_documents"),
        row.getInt("shards"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
