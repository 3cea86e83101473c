package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.documents.SnapshotRef;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.garbage.Garbage;
import org.transnormer.support.Transactions;
import org.transnormer.support.events.SnapshotCommitted;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

class SnapshotsIT {
  private final Api operator = RunningService.get().as(Role.OPERATOR);
  private final Api viewer = RunningService.get().as(Role.VIEWER);
  private final ObjectStore store = RunningService.get().bean(ObjectStore.class);

  private record Made(String corpus, String source, Path folder, SnapshotCommitted event) {}

  /** A corpus of six documents, of which a snapshot keeps all but the first of each shard. */
  private Made make(String name) throws IOException {
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
        new SnapshotCommitted(ref.id(), ref.prefix(), corpus, "run-1", recipe, 6, 4, 2, 2));
  }

  private void announce(SnapshotCommitted event) {
    Transactions transactions = RunningService.get().bean(Transactions.class);
    Outbox outbox = RunningService.get().bean(Outbox.class);
    transactions.inTransaction(
        () -> outbox.publish(Topics.SNAPSHOT_COMMITTED, event.snapshotId(), event));
  }

  private Made announced(String name) throws IOException {
    Made made = make(name);
    announce(made.event);
    viewer.await("/api/v1/snapshots/" + made.event.snapshotId(), each -> each.status() == 200);
    return made;
  }

  @Test
  void takesACommittedSnapshotOnceHoweverOftenItIsAnnounced() throws Exception {
    Made made = announced("taken");
    announce(made.event);

    Api.Answer shown = viewer.get("/api/v1/snapshots/" + made.event.snapshotId());
    Api.Answer list = viewer.get("/api/v1/snapshots?corpus=" + made.corpus);

    assertThat(shown.text("/corpusId")).isEqualTo(made.corpus);
    assertThat(shown.text("/cleaningRunId")).isEqualTo("run-1");
    assertThat(shown.number("/counts/documents")).isEqualTo(4);
    assertThat(shown.number("/counts/train")).isEqualTo(2);
    assertThat(shown.number("/counts/heldout")).isEqualTo(2);
    assertThat(list.body().at("/items")).hasSize(1);
    assertThat(viewer.get("/api/v1/snapshots/unknown").status()).isEqualTo(404);
  }

  @Test
  void aSnapshotThatIsNotInTheStoreEndsAmongTheDeadLetters() throws Exception {
    String id = Digests.sha256("nowhere" + System.nanoTime());
    announce(new SnapshotCommitted(id, "snapshots/" + id, "c", "r", id, 1, 1, 1, 0));

    Api.Answer letters =
        viewer.await("/api/v1/dead-letters", each -> each.body().toString().contains(id));

    assertThat(letters.status()).isEqualTo(200);
    assertThat(viewer.get("/api/v1/snapshots/" + id).status()).isEqualTo(404);
  }

  @Test
  void exportsWhatASnapshotKeeps() throws Exception {
    Made made = announced("exported");
    String path = "/api/v1/snapshots/" + made.event.snapshotId() + "/exports";

    Api.Answer launched = operator.launch(path, "{\"format\":\"jsonl-zst\"}");
    Api.Answer ended = operator.awaitEnd(launched.header("Location"));

    assertThat(launched.status()).isEqualTo(202);
    assertThat(ended.text("/status/state")).as(ended.body().toString()).isEqualTo("succeeded");
    assertThat(ended.number("/documents")).isEqualTo(4);
    assertThat(ended.body().at("/files")).hasSize(2);
    byte[] file = viewer.get(ended.text("/files/0/href")).http().body();
    String lines = new String(Zstd.decompress(file, 1 << 20), StandardCharsets.UTF_8).strip();
    assertThat(Digests.sha256(file)).isEqualTo(ended.text("/files/0/sha256"));
    assertThat(lines.lines()).hasSize(2).allMatch(line -> line.contains("\"licence\":\"CC0-1.0\""));
    assertThat(lines).contains("\"split\":\"train\"").contains("\"split\":\"heldout\"");
    assertThat(viewer.get(path).body().at("/items")).hasSize(1);
    assertThat(viewer.get(ended.text("/files/0/href") + "x").status()).isEqualTo(404);
  }

  @Test
  void exportsAsPlainLinesToANamedTargetOnce() throws Exception {
    Made made = announced("named");
    String path = "/api/v1/snapshots/" + made.event.snapshotId() + "/exports";
    String body = "{\"format\":\"jsonl\",\"target\":\"t%s\"}".formatted(System.nanoTime());

    Api.Answer ended = operator.awaitEnd(operator.launch(path, body).header("Location"));

    assertThat(ended.text("/files/0/name")).isEqualTo("part-00000.jsonl");
    assertThat(
            new String(
                    viewer.get(ended.text("/files/1/href")).http().body(), StandardCharsets.UTF_8)
                .lines())
        .hasSize(2);
    assertThat(operator.launch(path, body).status()).isEqualTo(409);
    assertThat(operator.launch(path, "{\"format\":\"csv\"}").status()).isEqualTo(400);
    assertThat(operator.launch(path, "{\"format\":\"jsonl\",\"target\":\"../x\"}").status())
        .isEqualTo(400);
    assertThat(operator.launch("/api/v1/snapshots/none/exports", "{\"format\":\"jsonl\"}").status())
        .isEqualTo(404);
  }

  @Test
  void nothingIsRemovedThatASnapshotRefersTo() throws Exception {
    Made made = announced("kept");
    String corpus = "/api/v1/corpora/" + made.corpus;

    Api.Answer dry = operator.delete(corpus + "?dryRun=true");
    Api.Answer refused = operator.delete(corpus);

    assertThat(dry.status()).isEqualTo(200);
    assertThat(dry.body().at("/possible").asBoolean()).isFalse();
    assertThat(dry.number("/extent/documents")).isEqualTo(6);
    assertThat(dry.text("/snapshots/0")).isEqualTo(made.event.snapshotId());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/still-referred-to");
    assertThat(refused.text("/snapshots/0")).isEqualTo(made.event.snapshotId());
    assertThat(operator.delete(corpus + "/sources/" + made.source).status()).isEqualTo(409);
    assertThat(viewer.get(corpus).number("/counts/documents")).isEqualTo(6);
  }

  @Test
  void whatNothingRefersToIsRemovedAfterItsRetention() throws Exception {
    String corpus = TestCorpora.create("removed");
    Path folder = TestCorpora.folder();
    Files.writeString(folder.resolve("a.txt"), "gone");
    String source = TestCorpora.source(corpus, "s", folder, "");
    TestCorpora.ingest(corpus);
    String path = "/api/v1/corpora/" + corpus;
    String document = viewer.get(path + "/documents").text("/items/0/id");
    String prefix = viewer.get(path + "/shards").text("/items/0/prefix");

    Api.Answer dry = operator.delete(path + "/sources/" + source + "?dryRun=true");
    assertThat(dry.body().at("/possible").asBoolean()).isTrue();
    assertThat(viewer.get("/api/v1/documents/" + document).status()).isEqualTo(200);
    Api.Answer removed = operator.delete(path + "/sources/" + source);

    assertThat(removed.number("/extent/documents")).isEqualTo(1);
    assertThat(viewer.get("/api/v1/documents/" + document).status()).isEqualTo(404);
    assertThat(store.list(prefix)).isNotEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(store.list(prefix)).isEmpty());
    assertThat(operator.delete(path).status()).isEqualTo(200);
    assertThat(viewer.get(path).status()).isEqualTo(404);
  }

  @Test
  void aSnapshotThatComesLateKeepsTheShardsOfARemovedCorpus() throws Exception {
    Made made = make("late");
    operator.delete("/api/v1/corpora/" + made.corpus);
    announce(made.event);
    viewer.await("/api/v1/snapshots/" + made.event.snapshotId(), each -> each.status() == 200);
    String folder = "corpora/" + made.corpus;
    Garbage garbage = RunningService.get().bean(Garbage.class);

    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !garbage.list().contains(folder));

    assertThat(Snapshot.read(store, made.event.snapshotId()).shards())
        .allSatisfy(shard ->
            assertThat(ShardRef.read(store, shard.shard().prefix())).isEqualTo(shard.shard()));
    assertThat(store.list(folder + "/ingestions")).isEmpty();
  }
}
