package org.transnormer.corpus.snapshots.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.snapshots.Export;
import org.transnormer.corpus.snapshots.Exports;

/** Exports in PostgreSQL. */
public final class JdbcExports implements Exports {
  private final JdbcClient jdbc;

  public JdbcExports(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean add(Export export) {
    return jdbc.sql(
                """
                insert into snapshot_export (id, snapshot_id, target, format, created_at,
                                             launched_by)
                values (:id, :snapshot, :target, :format, :createdAt, :launchedBy)
                on conflict (target) do nothing
                """)
            .param("id", export.id())
            .param("snapshot", export.snapshotId())
            .param("target", export.target())
            .param("format", export.format().name())
            .param("createdAt", export.createdAt().atOffset(ZoneOffset.UTC))
            .param("launchedBy", export.launchedBy())
            .update()
        == 1;
  }

  @Override
  public Optional<Export> find(String id) {
    return jdbc.sql("select * from snapshot_export where id = ?")
        .param(id)
        .query(JdbcExports::export)
        .optional();
  }

  @Override
  public List<Export> list(String snapshotId, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from snapshot_export
            where snapshot_id = :snapshot and (:after::text is null or id < :after)
            order by id desc limit :limit
            """)
        .param("snapshot", snapshotId)
        .param("after", after)
        .param("limit", limit)
        .query(JdbcExports::export)
        .list();
  }

  @Override
  public void launched(String id) {
    jdbc.sql("update snapshot_export set launched = true where id = ?").param(id).update();
  }

  @Override
  public List<Export> unlaunched(Duration age) {
    return jdbc.sql(
            """
            select * from snapshot_export
            where not launched and created_at < now() - ? * interval '1 second' order by id
            """)
        .param(age.toSeconds())
        .query(JdbcExports::export)
        .list();
  }

  @Override
  public void committed(String id, long documents, long bytes) {
    jdbc.sql(
            """
            update snapshot_export
            set committed_at = now(), documents = :documents, bytes = :bytes
            where id = :id and committed_at is null
            """)
        .param("documents", documents)
        .param("bytes", bytes)
        .param("id", id)
        .update();
  }

  private static Export export(ResultSet row, int number) throws SQLException {
    OffsetDateTime committed = row.getObject("committed_at", OffsetDateTime.class);
    return new Export(
        row.getString("id"),
        row.getString("snapshot_id"),
        row.getString("target"),
        Export.Format.valueOf(row.getString("format")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getString("launched_by"),
        row.getLong("documents"),
        row.getLong("bytes"),
        committed == null ? null : committed.toInstant());
  }
}
