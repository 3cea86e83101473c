package org.transnormer.corpus.retention.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Removable;

/**
 * A snapshot. The shards that it refers to go with the cleaning run that wrote them, or with their
 * corpus; those of a corpus that is gone already go with the snapshot.
 */
record SnapshotRemoval(JdbcClient jdbc, ObjectStore store, Neighbours neighbours, String id)
    implements Removable {

  @Override
  public Kind kind() {
    return Kind.SNAPSHOT;
  }

  @Override
  public String resource() {
    return "/api/v1/snapshots/" + id;
  }

  @Override
  public boolean lock() {
    return jdbc.sql("select 1 from snapshot where id = ? for update")
        .param(id)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  @Override
  public List<String> referrers() {
    List<String> all =
        new ArrayList<>(
            jdbc.sql("select 'export ' || id from snapshot_export where snapshot_id = ?")
                .param(id)
                .query((row, _) -> row.getString(1))
                .list());
    all.addAll(neighbours.referrers(Kind.SNAPSHOT, id, List.of("cleaning", "trainer")));
    return all;
  }

  @Override
  public Contents contents() {
    List<String> folders = new ArrayList<>(shardsOfNoCorpus());
    folders.addFirst(Snapshot.prefix(id));
    Map<String, Long> extent =
        jdbc.sql("select documents_kept, shards from snapshot where id = ?")
            .param(id)
            .query((row, _) ->
                Map.of("documents", row.getLong("documents_kept"), "shards", row.getLong("shards")))
            .single();
    return new Contents(extent, Folders.bytes(store, folders), folders);
  }

  private List<String> shardsOfNoCorpus() {
    return jdbc.sql(
            """
            select prefix from snapshot_shard t
            where snapshot_id = :id
              and not exists (select 1 from corpus c join snapshot s on s.corpus_id = c.id
                               where s.id = :id)
              and not exists (select 1 from snapshot_shard o
                               where o.prefix = t.prefix and o.snapshot_id <> :id)
            """)
        .param("id", id)
        .query((row, _) -> row.getString(1))
        .list();
  }

  @Override
  public void remove() {
    jdbc.sql("delete from snapshot_shard where snapshot_id = ?").param(id).update();
    jdbc.sql("delete from snapshot where id = ?").param(id).update();
  }
}
