package org.transnormer.corpus.retention.jdbc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.catalogue.OpenShards;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.References;

/** What of this service refers to what. */
public record JdbcReferences(JdbcClient jdbc, OpenShards readers) implements References, Folders {

  @Override
  public List<String> to(Kind kind, String id) {
    return kind == Kind.CLEANING_RUN
        ? jdbc.sql("select 'snapshot ' || id from snapshot where cleaning_run_id = ?")
            .param(id)
            .query((row, _) -> row.getString(1))
            .list()
        : List.of();
  }

  @Override
  public boolean has(Kind kind, String id) {
    return switch (kind) {
      case CORPUS -> isThere("select 1 from corpus where id = ? for share", id);
      case SNAPSHOT -> isThere("select 1 from snapshot where id = ? for share", id);
      default -> false;
    };
  }

  private boolean isThere(String sql, String id) {
    return jdbc.sql(sql).param(id).query(Integer.class).optional().isPresent();
  }

  @Override
  public Set<String> referredTo(String prefix) {
    return new HashSet<>(
        jdbc.sql(
                """
                select prefix from (
                  select prefix from snapshot_shard
                  union select prefix from snapshot
                  union select 'exports/' || target from snapshot_export) folders
                where prefix = :prefix or starts_with(prefix, :prefix || '/')
                """)
            .param("prefix", prefix)
            .query((row, _) -> row.getString(1))
            .list());
  }

  @Override
  public void removed(String folder) {
    readers.forget(folder);
  }
}
