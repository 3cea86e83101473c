package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.support.events.SnapshotCommitted;
import org.transnormer.support.security.Role;

class SnapshotsIT {
  private final Api operator = RunningService.get().as(Role.OPERATOR);
  private final Api viewer = RunningService.get().as(Role.VIEWER);

  @Test
  void takesACommittedSnapshotOnceHoweverOftenItIsAnnounced() throws Exception {
    TestSnapshots.Made made = TestSnapshots.announced("taken");
    TestSnapshots.announce(made.event());

    Api.Answer shown = viewer.get("/api/v1/snapshots/" + made.event().snapshotId());
    Api.Answer list = viewer.get("/api/v1/snapshots?corpus=" + made.corpus());

    assertThat(shown.text("/corpusId")).isEqualTo(made.corpus());
    assertThat(shown.text("/cleaningRunId")).isEqualTo("run-taken");
    assertThat(shown.number("/counts/documents")).isEqualTo(4);
    assertThat(shown.number("/counts/train")).isEqualTo(2);
    assertThat(shown.number("/counts/heldout")).isEqualTo(2);
    assertThat(list.body().at("/items")).hasSize(1);
    assertThat(viewer.get("/api/v1/snapshots/unknown").status()).isEqualTo(404);
  }

  @Test
  void aSnapshotThatIsNotInTheStoreEndsAmongTheDeadLetters() throws Exception {
    String id = Digests.sha256("nowhere" + System.nanoTime());
    TestSnapshots.announce(new SnapshotCommitted(id, "snapshots/" + id, "c", "r", id, 1, 1, 1, 0));

    Api.Answer letters =
        viewer.await("/api/v1/dead-letters", each -> each.body().toString().contains(id));

    assertThat(letters.status()).isEqualTo(200);
    assertThat(viewer.get("/api/v1/snapshots/" + id).status()).isEqualTo(404);
  }

  @Test
  void exportsWhatASnapshotKeeps() throws Exception {
    TestSnapshots.Made made = TestSnapshots.announced("exported");
    String path = "/api/v1/snapshots/" + made.event().snapshotId() + "/exports";

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
    TestSnapshots.Made made = TestSnapshots.announced("named");
    String path = "/api/v1/snapshots/" + made.event().snapshotId() + "/exports";
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
}
