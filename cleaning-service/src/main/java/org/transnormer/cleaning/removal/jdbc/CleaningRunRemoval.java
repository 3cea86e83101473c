package org.transnormer.cleaning.removal.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.runs.RunArtifacts;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Neighbours.Presence;

/**
 * A cleaning run with its sidecars, its rounds' tokenizers and token sets, and the normalised
 * shards that no other run has. The run that a snapshot names stays while there is the snapshot, so
 * no snapshot refers to those shards.
 */
final class CleaningRunRemoval extends WorkRemoval {

  private final ObjectStore store;
  private final Neighbours neighbours;

  CleaningRunRemoval(JdbcClient jdbc, ObjectStore store, Neighbours neighbours, String id) {
    super(jdbc, WorkKind.CLEANING, Kind.CLEANING_RUN, id);
    this.store = store;
    this.neighbours = neighbours;
  }

  @Override
  List<String> others() {
    List<String> all =
        new ArrayList<>(neighbours.referrers(Kind.CLEANING_RUN, id(), List.of("corpus")));
    texts("select snapshot_id from cleaning_run where id = :id and snapshot_id is not null")
        .stream()
        .filter(this::isOnItsWay)
        .forEach(each -> all.add("snapshot %s, on its way to the catalogue".formatted(each)));
    for (int round : rounds()) {
      String tokenSet = RunArtifacts.roundTokenSetId(id(), round);
      all.addAll(neighbours.referrers(Kind.TOKEN_SET, tokenSet, List.of("trainer")));
    }
    return all;
  }

  /** The catalogue has not heard of it yet; of one that was removed nothing is in the store. */
  private boolean isOnItsWay(String snapshotId) {
    String prefix = Snapshot.prefix(snapshotId);
    try {
      return neighbours.presence("corpus", Kind.SNAPSHOT, snapshotId, prefix) == Presence.UNKNOWN
          && store.stat(prefix + "/" + Manifest.NAME).isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Integer> rounds() {
    return jdbc.sql("select round from evaluation_round where run_id = :id order by round")
        .param("id", id())
        .query((row, _) -> row.getInt(1))
        .list();
  }

  @Override
  public Contents contents() {
    List<String> folders = new ArrayList<>();
    folders.add(RunArtifacts.layout(id()).prefix());
    rounds().forEach(round -> folders.add(RunArtifacts.roundTokenSet(id(), round)));
    folders.addAll(tokenizers());
    long bytes = Folders.bytes(store, folders);
    for (Shard shard : ownShards()) {
      folders.add(shard.prefix());
      bytes += shard.bytes();
    }
    return new Contents(extent(), bytes, folders);
  }

  private Map<String, Long> extent() {
    return jdbc.sql(
            """
            select count(*) as shards, coalesce(sum(documents), 0) as documents,
                   (select count(*) from review_item where run_id = :id) as reviewed
              from cleaning_shard where run_id = :id
            """)
        .param("id", id())
        .query((row, _) ->
            Map.of(
                "shards", row.getLong("shards"),
                "documents", row.getLong("documents"),
                "reviewItems", row.getLong("reviewed")))
        .single();
  }

  private List<String> tokenizers() {
    return texts(
        """
        select 'tokenizers/' || tokenizer_sha256 from evaluation_round r
         where run_id = :id and tokenizer_sha256 is not null
           and not exists (select 1 from tokenizer t where t.sha256 = r.tokenizer_sha256)
           and not exists (select 1 from evaluation_round o
                            where o.tokenizer_sha256 = r.tokenizer_sha256 and o.run_id <> :id)
        """);
  }

  private record Shard(String prefix, long bytes) {}

  private List<Shard> ownShards() {
    return jdbc.sql(
            """
            select distinct clean_prefix, clean_bytes from cleaning_shard s
             where run_id = :id and clean_prefix is not null
               and not exists (select 1 from cleaning_shard o
                                where o.clean_prefix = s.clean_prefix and o.run_id <> :id)
            """)
        .param("id", id())
        .query((row, _) -> new Shard(row.getString(1), row.getLong(2)))
        .list();
  }

  @Override
  public void remove() {
    jdbc.sql(
            """
            delete from ended_training
             where run_id in (select training_run_id from evaluation_round where run_id = :id)
            """)
        .param("id", id())
        .update();
    super.remove();
  }
}
