package org.transnormer.cleaning.runs.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.work.Work;
import org.transnormer.cleaning.work.Works;

@Repository
class JdbcCleaningRuns implements CleaningRuns {

  private final JdbcClient jdbc;
  private final Works works;

  JdbcCleaningRuns(JdbcClient jdbc, Works works) {
    this.jdbc = jdbc;
    this.works = works;
  }

  @Override
  public void add(String id, String corpusId, Recipe recipe) {
    jdbc.sql(
            """
            insert into cleaning_run (id, corpus_id, recipe_name, recipe_version, recipe_hash, recipe)
            values (:id, :corpus, :name, :version, :hash, :recipe)
            """)
        .param("id", id)
        .param("corpus", corpusId)
        .param("name", recipe.name())
        .param("version", recipe.version())
        .param("hash", recipe.hash())
        .param("recipe", recipe.canonicalJson())
        .update();
  }

  @Override
  public Optional<CleaningRun> find(String id) {
    return jdbc.sql("select * from cleaning_run where id = :id")
        .param("id", id)
        .query(this::run)
        .optional();
  }

  @Override
  public Optional<CleaningRun> findBySnapshot(String snapshotId) {
    return jdbc.sql("select * from cleaning_run where snapshot_id = :id order by id limit 1")
        .param("id", snapshotId)
        .query(this::run)
        .optional();
  }

  @Override
  public List<CleaningRun> list(@Nullable String corpusId, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from cleaning_run
             where (cast(:corpus as text) is null or corpus_id = :corpus)
               and (cast(:after as text) is null or id < :after)
             order by id desc limit :limit
            """)
        .param("corpus", corpusId)
        .param("after", after)
        .param("limit", limit)
        .query(this::run)
        .list();
  }

  @Override
  @Transactional
  public void freeze(String id, List<ShardRef> shards) {
    for (int part = 0; part < shards.size(); part++) {
      ShardRef shard = shards.get(part);
      jdbc.sql(
              """
              insert into cleaning_shard (run_id, part, sha256, prefix, documents, bytes, text_bytes)
              values (:id, :part, :sha256, :prefix, :documents, :bytes, :textBytes)
              on conflict do nothing
              """)
          .param("id", id)
          .param("part", part)
          .param("sha256", shard.sha256())
          .param("prefix", shard.prefix())
          .param("documents", shard.documents())
          .param("bytes", shard.bytes())
          .param("textBytes", shard.textBytes())
          .update();
    }
  }

  @Override
  public List<ShardRef> shards(String id) {
    return jdbc.sql("select * from cleaning_shard where run_id = :id order by part")
        .param("id", id)
        .query((row, number) -> raw(row))
        .list();
  }

  @Override
  public void annotated(String id, int part, AnnotatedShard shard) {
    jdbc.sql(
            """
            update cleaning_shard
               set clean_sha256 = :sha256, clean_prefix = :prefix, clean_bytes = :bytes,
                   clean_text_bytes = :textBytes, failed = :failed
             where run_id = :id and part = :part
            """)
        .param("sha256", shard.text().sha256())
        .param("prefix", shard.text().prefix())
        .param("bytes", shard.text().bytes())
        .param("textBytes", shard.text().textBytes())
        .param("failed", shard.failed())
        .param("id", id)
        .param("part", part)
        .update();
  }

  @Override
  public List<AnnotatedShard> annotatedShards(String id) {
    return jdbc.sql(
            "select * from cleaning_shard where run_id = :id and clean_sha256 is not null"
                + " order by part")
        .param("id", id)
        .query((row, number) -> annotated(row))
        .list();
  }

  @Override
  public void recordDuplicates(String id, CleaningRun.Duplicates duplicates) {
    jdbc.sql(
            """
            update cleaning_run
               set exact_clusters = :exact, near_clusters = :near, clustered_documents = :documents
             where id = :id
            """)
        .param("exact", duplicates.exactClusters())
        .param("near", duplicates.nearClusters())
        .param("documents", duplicates.clusteredDocuments())
        .param("id", id)
        .update();
  }

  @Override
  public void recordResult(String id, CleaningRun.Result result) {
    jdbc.sql(
            """
            update cleaning_run
               set snapshot_id = :snapshot, snapshot_prefix = :prefix, documents = :documents,
                   kept = :kept, train = :train, heldout = :heldout
             where id = :id
            """)
        .param("snapshot", result.snapshotId())
        .param("prefix", result.snapshotPrefix())
        .param("documents", result.documents())
        .param("kept", result.kept())
        .param("train", result.train())
        .param("heldout", result.heldout())
        .param("id", id)
        .update();
  }

  private CleaningRun run(ResultSet row, int number) throws SQLException {
    String id = row.getString("id");
    Work work = works.find(id).orElseThrow();
    return new CleaningRun(
        work,
        row.getString("corpus_id"),
        Recipe.parse(row.getString("recipe")),
        row.getString("recipe_hash"),
        duplicates(row),
        result(row));
  }

  private static CleaningRun.@Nullable Duplicates duplicates(ResultSet row) throws SQLException {
    long exact = row.getLong("exact_clusters");
    return row.wasNull()
        ? null
        : new CleaningRun.Duplicates(
            exact, row.getLong("near_clusters"), row.getLong("clustered_documents"));
  }

  private static CleaningRun.@Nullable Result result(ResultSet row) throws SQLException {
    String snapshot = row.getString("snapshot_id");
    return snapshot == null
        ? null
        : new CleaningRun.Result(
            snapshot,
            row.getString("snapshot_prefix"),
            row.getLong("documents"),
            row.getLong("kept"),
            row.getLong("train"),
            row.getLong("heldout"));
  }

  private static ShardRef raw(ResultSet row) throws SQLException {
    return new ShardRef(
        row.getString("prefix"),
        row.getString("sha256"),
        row.getLong("documents"),
        row.getLong("bytes"),
        row.getLong("text_bytes"));
  }

  private static AnnotatedShard annotated(ResultSet row) throws SQLException {
    ShardRef raw = raw(row);
    ShardRef text =
        new ShardRef(
            row.getString("clean_prefix"),
            row.getString("clean_sha256"),
            raw.documents(),
            row.getLong("clean_bytes"),
            row.getLong("clean_text_bytes"));
    return new AnnotatedShard(raw, text, row.getLong("failed"));
  }
}
