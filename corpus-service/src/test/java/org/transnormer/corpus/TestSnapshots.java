package org.transnormer.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.documents.SnapshotRef;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.Transactions;
import org.transnormer.support.events.SnapshotCommitted;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

/** Snapshots as cleaning-service commits and announces them. */
final class TestSnapshots {
  private TestSnapshots() {}

  /** A corpus and what was made of it. */
  record Made(String corpus, String source, Path folder, SnapshotCommitted event) {
    String path() {
      return "/api/v1/snapshots/" + event.snapshotId();
    }
  }

  /** A corpus of six documents, of which a snapshot keeps all but the first of each shard. */
  static Made make(String name) throws IOException {
    String corpus = TestCorpora.create(name);
    Path folder = TestCorpora.folder();
    for (int shard = 0; shard < 2; shard++) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 3; i++) {
        lines.append("{\"text\":\"%s %d %d %s\"}\n".formatted(name, shard, i, "x".repeat(1000)));
      }
      Files.writeString(folder.resolve(shard + ".jsonl"), lines);
    }
    String source = TestCorpora.source(corpus, "s", folder, "");
    TestCorpora.ingest(corpus);
    ObjectStore store = RunningService.get().bean(ObjectStore.class);
    Api service = RunningService.get().as(Role.SERVICE);
    List<SnapshotShard> shards = new ArrayList<>();
    for (JsonNode each : service.get("/internal/v1/corpora/" + corpus + "/shards").body()) {
      shards.add(
          new SnapshotShard(
              ShardRef.read(store, each.at("/prefix").asString()),
              RoaringBitmap.bitmapOf(1),
              RoaringBitmap.bitmapOf(2)));
    }
    String recipe = Digests.sha256("recipe");
    SnapshotRef ref = Snapshot.of(recipe, shards, CanonicalJson.object()).commit(store);
    return new Made(
        corpus,
        source,
        folder,
        new SnapshotCommitted(ref.id(), ref.prefix(), corpus, "run-" + name, recipe, 6, 4, 2, 2));
  }

  static void announce(SnapshotCommitted event) {
    Transactions transactions = RunningService.get().bean(Transactions.class);
    Outbox outbox = RunningService.get().bean(Outbox.class);
    transactions.inTransaction(
        () -> outbox.publish(Topics.SNAPSHOT_COMMITTED, event.snapshotId(), event));
  }

  static Made announced(String name) throws IOException {
    Made made = make(name);
    announce(made.event);
    awaitTaken(made);
    return made;
  }

  static void awaitTaken(Made made) {
    RunningService.get().as(Role.VIEWER).await(made.path(), each -> each.status() == 200);
  }
}
