package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.TestSnapshots.Made;
import org.transnormer.support.removal.Garbage;
import org.transnormer.support.security.Role;

/** What is removed, and what stays since something refers to it. */
class RemovalIT {
  private final Api operator = RunningService.get().as(Role.OPERATOR);
  private final Api viewer = RunningService.get().as(Role.VIEWER);
  private final Api service = RunningService.get().as(Role.SERVICE);
  private final FakeNeighbours neighbours = RunningService.get().neighbours();
  private final ObjectStore store = RunningService.get().bean(ObjectStore.class);

  @AfterEach
  void comeBack() {
    neighbours.away(false);
  }

  @Test
  void nothingIsRemovedThatASnapshotRefersTo() throws Exception {
    Made made = TestSnapshots.announced("kept");
    String corpus = "/api/v1/corpora/" + made.corpus();

    Api.Answer dry = operator.delete(corpus + "?dryRun=true");
    Api.Answer refused = operator.delete(corpus);

    assertThat(dry.status()).isEqualTo(200);
    assertThat(dry.body().at("/possible").asBoolean()).isFalse();
    assertThat(dry.number("/extent/documents")).isEqualTo(6);
    assertThat(dry.text("/referredToBy/0")).isEqualTo("snapshot " + made.event().snapshotId());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/still-referred-to");
    assertThat(refused.text("/referredToBy/0")).isEqualTo("snapshot " + made.event().snapshotId());
    assertThat(operator.delete(corpus + "/sources/" + made.source()).status()).isEqualTo(409);
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
    Made made = TestSnapshots.make("late");
    operator.delete("/api/v1/corpora/" + made.corpus());
    TestSnapshots.announce(made.event());
    viewer.await("/api/v1/snapshots/" + made.event().snapshotId(), each -> each.status() == 200);
    String folder = "corpora/" + made.corpus();
    Garbage garbage = RunningService.get().bean(Garbage.class);

    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !garbage.contains(folder));

    assertThat(Snapshot.read(store, made.event().snapshotId()).shards())
        .allSatisfy(shard ->
            assertThat(ShardRef.read(store, shard.shard().prefix())).isEqualTo(shard.shard()));
    assertThat(store.list(folder + "/ingestions")).isEmpty();
  }

  @Test
  void removesAnExportThenItsSnapshotThenTheCorpus() throws Exception {
    Made made = TestSnapshots.announced("whole way");
    Api.Answer launched = operator.launch(made.path() + "/exports", "{\"format\":\"jsonl\"}");
    String export = launched.header("Location");
    String files = operator.awaitEnd(export).text("/prefix");

    Api.Answer early = operator.delete(made.path());
    Api.Answer dry = operator.delete(export + "?dryRun=true");
    assertThat(viewer.get(export).status()).isEqualTo(200);
    Api.Answer gone = operator.delete(export);

    assertThat(early.status()).isEqualTo(409);
    assertThat(early.text("/referredToBy/0")).isEqualTo("export " + launched.text("/id"));
    assertThat(dry.body().at("/possible").asBoolean()).isTrue();
    assertThat(dry.number("/extent/documents")).isEqualTo(4);
    assertThat(dry.number("/bytes")).isGreaterThan(4_000);
    assertThat(gone.status()).isEqualTo(200);
    assertThat(gone.body().at("/dryRun").asBoolean(true)).isFalse();
    assertThat(viewer.get(export).status()).isEqualTo(404);
    assertThat(operator.delete(export).status()).isEqualTo(404);
    assertThat(operator.delete(made.path() + "?dryRun=true").number("/extent/shards")).isEqualTo(2);
    assertThat(operator.delete(made.path()).status()).isEqualTo(200);
    assertThat(viewer.get(made.path()).status()).isEqualTo(404);
    assertThat(operator.delete(made.path()).status()).isEqualTo(404);
    awaitEmpty(files);
    awaitEmpty(made.event().prefix());
    assertThat(viewer.get("/api/v1/corpora/" + made.corpus()).number("/counts/documents"))
        .isEqualTo(6);
    assertThat(operator.delete("/api/v1/corpora/" + made.corpus()).status()).isEqualTo(200);
    awaitEmpty("corpora/" + made.corpus());
  }

  private void awaitEmpty(String prefix) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(store.list(prefix)).isEmpty());
  }

  @Test
  void anExportThatIsWrittenToAFolderAgainStays() throws Exception {
    Made made = TestSnapshots.announced("again");
    String body = "{\"format\":\"jsonl\",\"target\":\"again%s\"}".formatted(System.nanoTime());
    String first = operator.launch(made.path() + "/exports", body).header("Location");
    operator.awaitEnd(first);
    operator.delete(first);

    String second = operator.launch(made.path() + "/exports", body).header("Location");
    Api.Answer ended = operator.awaitEnd(second);
    Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true); // past the retention

    assertThat(ended.text("/status/state")).isEqualTo("succeeded");
    assertThat(viewer.get(ended.text("/files/0/href")).status()).isEqualTo(200);
  }

  @Test
  void keepsWhatAnotherServiceRefersToAndWhatNobodyCanTell() throws Exception {
    Made made = TestSnapshots.announced("elsewhere");
    String corpus = "/api/v1/corpora/" + made.corpus();
    String asked = "kind=snapshot&id=" + made.event().snapshotId();
    neighbours.refer(asked, "token set 7");
    neighbours.refer("kind=corpus&id=" + made.corpus(), "cleaning run 5");

    Api.Answer refused = operator.delete(made.path());
    neighbours.refer(asked, "");
    neighbours.away(true);
    Api.Answer unknown = operator.delete(made.path());
    neighbours.away(false);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/type")).isEqualTo("/problems/still-referred-to");
    assertThat(refused.text("/referredToBy/0")).isEqualTo("token set 7");
    assertThat(unknown.status()).isEqualTo(503);
    assertThat(unknown.text("/detail")).contains("cleaning-service");
    assertThat(operator.delete(made.path()).status()).isEqualTo(200);
    assertThat(operator.delete(corpus).text("/referredToBy/0")).isEqualTo("cleaning run 5");
  }

  @Test
  void tellsTheOthersWhatIsThereAndWhatRefersToTheirs() throws Exception {
    Made made = TestSnapshots.announced("asked");
    String id = made.event().snapshotId();
    String presence =
        "/internal/v1/presence?kind=snapshot&id=%s&folder=snapshots/%s".formatted(id, id);
    String references = "/internal/v1/references?kind=cleaning-run&id=run-asked";

    assertThat(service.get(presence).text("/presence")).isEqualTo("present");
    assertThat(service.get(references).text("/referrers/0")).isEqualTo("snapshot " + id);
    assertThat(operator.get(references).status()).isEqualTo(403);
    operator.delete(made.path());

    assertThat(service.get(presence).text("/presence")).isEqualTo("discarded");
    assertThat(service.get(references).body().at("/referrers")).isEmpty();
    awaitEmpty(made.event().prefix());
    service.await(presence, each -> each.text("/presence").equals("unknown"));
  }

  @Test
  void aSnapshotThatIsMadeAgainStays() throws Exception {
    Made made = TestSnapshots.announced("made again");
    Snapshot again = Snapshot.read(store, made.event().snapshotId());
    operator.delete(made.path());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> {
          again.commit(store);
          TestSnapshots.announce(made.event());
          return viewer.get(made.path()).status() == 200;
        });

    Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true); // past the retention

    assertThat(Snapshot.read(store, made.event().snapshotId()).trainDocuments()).isEqualTo(2);
    assertThat(viewer.get(made.path()).status()).isEqualTo(200);
  }
}
