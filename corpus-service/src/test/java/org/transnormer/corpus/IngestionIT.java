package org.transnormer.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

class IngestionIT {
  private final Api operator = RunningService.get().as(Role.OPERATOR);
  private final Api viewer = RunningService.get().as(Role.VIEWER);

  @AfterEach
  void disarm() {
    System.clearProperty(FailPoints.PROPERTY);
  }

  private static void mixed(Path folder) throws IOException {
    Files.write(
        folder.resolve("records.jsonl.gz"),
        gzip("{\"text\":\"one\",\"language\":\"de\"}\nbroken\n{\"text\":\"two\"}\n"));
    Files.writeString(folder.resolve("page.html"), "<title>T</title><p>three</p>");
    Files.writeString(folder.resolve("mail.eml"), "Subject: S\nFrom: a@b\n\nfour\n");
    Files.writeString(folder.resolve("plain.txt"), "five \ud83d\udc33 whales");
    Files.writeString(folder.resolve("zipped.zip"), "PK\u0003\u0004\0\0");
    Files.write(folder.resolve("cut.jsonl.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});
    Files.write(folder.resolve("latin.txt"), new byte[] {'c', (byte) 0xe9});
    Files.writeString(folder.resolve("long.jsonl"), "{\"text\":\"" + "x".repeat(70_000) + "\"}");
    Files.createSymbolicLink(folder.resolve("out.txt"), Path.of("/etc/hostname"));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gz = new GZIPOutputStream(out)) {
      gz.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  @Test
  void readsEveryFormatAndListsWhatItCouldNotRead() throws Exception {
    String corpus = TestCorpora.create("mixed");
    Path folder = TestCorpora.folder();
    mixed(folder);
    TestCorpora.source(corpus, "mixed", folder, ",\"metadata\":{\"language\":\"en\"}");

    Api.Answer ended = TestCorpora.ingest(corpus);

    assertThat(ended.text("/status/state")).as(ended.body().toString()).isEqualTo("succeeded");
    assertThat(ended.number("/counts/files")).isEqualTo(9);
    assertThat(ended.number("/counts/documents")).isEqualTo(5);
    assertThat(ended.number("/counts/failedFiles")).isEqualTo(5);
    assertThat(ended.number("/counts/failedDocuments")).isEqualTo(3);
    assertThat(ended.text("/jobId")).startsWith("corpus-");
    assertThat(ended.text("/launchedBy")).isEqualTo("operator");
    assertThat(failures(corpus, ended.text("/id")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "records.jsonl.gz", "invalid-json",
                "zipped.zip", "unsupported-format",
                "cut.jsonl.gz", "corrupt",
                "latin.txt", "invalid-encoding",
                "long.jsonl", "line-too-long",
                "out.txt", "outside-roots"));
    Api.Answer shown = viewer.get("/api/v1/corpora/" + corpus);
    assertThat(shown.number("/counts/documents")).isEqualTo(5);
    assertThat(shown.text("/bySource/0/name")).isEqualTo("mixed");
    assertThat(shown.text("/byLanguage/0/name")).isEqualTo("en");
    assertThat(shown.number("/byLanguage/0/documents")).isEqualTo(4);
    assertThat(shown.text("/byLicence/0/name")).isEqualTo("CC0-1.0");
  }

  /** Two at a time, so that cursors are used. */
  private Map<String, String> failures(String corpus, String ingestion) {
    Map<String, String> reasons = new TreeMap<>();
    String path = "/api/v1/corpora/" + corpus + "/ingestions/" + ingestion + "/failures?limit=2";
    String next = "";
    do {
      Api.Answer page = viewer.get(next.isEmpty() ? path : path + "&after=" + next);
      assertThat(page.body().at("/items").size()).isLessThanOrEqualTo(2);
      page.body()
          .at("/items")
          .forEach(item -> reasons.put(item.at("/path").asString(), item.at("/reason").asString()));
      next = page.text("/next");
    } while (!next.isEmpty());
    return reasons;
  }

  @Test
  void pagesThroughDocumentsAndFindsEachById() throws Exception {
    String corpus = TestCorpora.create("browse");
    Path folder = TestCorpora.folder();
    mixed(folder);
    TestCorpora.source(corpus, "mixed", folder, "");
    Path more = TestCorpora.folder();
    Files.writeString(
        more.resolve("many.jsonl"),
        String.join(
            "\n", IntStream.range(0, 20).mapToObj("{\"text\":\"n%d\"}"::formatted).toList()));
    TestCorpora.source(corpus, "many", more, ",\"metadata\":{\"language\":\"en\"}");
    TestCorpora.ingest(corpus);

    List<JsonNode> all = documents(corpus, "limit=3");

    assertThat(all).hasSize(25);
    assertThat(documents(corpus, "limit=7&source=many")).hasSize(20);
    assertThat(documents(corpus, "limit=7&language=de"))
        .singleElement()
        .satisfies(each -> assertThat(each.at("/excerpt").asString()).isEqualTo("one"));
    for (JsonNode each : all) {
      Api.Answer one = viewer.get("/api/v1/documents/" + each.at("/id").asString());
      assertThat(one.status()).isEqualTo(200);
      assertThat(one.text("/text")).isEqualTo(each.at("/excerpt").asString());
      assertThat(one.body().at("/shard")).isEqualTo(each.at("/shard"));
      assertThat(one.text("/corpusId")).isEqualTo(corpus);
    }
    JsonNode whale =
        all.stream()
            .filter(each -> each.at("/excerpt").asString().startsWith("five"))
            .findFirst()
            .orElseThrow();
    Api.Answer range =
        viewer.get("/api/v1/documents/" + whale.at("/id").asString() + "/text?from=5&to=6");
    assertThat(range.text("/text")).isEqualTo("\ud83d\udc33");
    assertThat(range.number("/length")).isEqualTo(13);
  }

  private List<JsonNode> documents(String corpus, String query) {
    List<JsonNode> found = new ArrayList<>();
    String path = "/api/v1/corpora/" + corpus + "/documents?" + query;
    String next = "";
    do {
      Api.Answer page = viewer.get(next.isEmpty() ? path : path + "&after=" + next);
      assertThat(page.status()).isEqualTo(200);
      page.body().at("/items").forEach(found::add);
      next = page.text("/next");
    } while (!next.isEmpty());
    return found;
  }

  @Test
  void tellsServicesItsShardsAndDocuments() throws Exception {
    String corpus = TestCorpora.create("internal");
    Path folder = TestCorpora.folder();
    for (int i = 0; i < 5; i++) {
      Files.writeString(folder.resolve(i + ".txt"), "text " + i + "x".repeat(3000));
    }
    TestCorpora.source(corpus, "five", folder, "");
    TestCorpora.ingest(corpus);
    Api service = RunningService.get().as(Role.SERVICE);

    Api.Answer shards = service.get("/internal/v1/corpora/" + corpus + "/shards");

    assertThat(shards.body().isArray()).isTrue();
    assertThat(shards.body().findValuesAsString("sha256")).hasSize(5).isSorted();
    assertThat(shards.text("/0/prefix")).startsWith("corpora/" + corpus + "/shards/");
    String id = documents(corpus, "limit=1").getFirst().at("/id").asString();
    assertThat(service.get("/internal/v1/documents/" + id).text("/source")).isEqualTo("five");
    assertThat(service.get("/internal/v1/corpora/none/shards").status()).isEqualTo(404);
  }

  @Test
  void unknownDocumentsAndCursorsAreRefused() {
    String corpus = TestCorpora.create("unknown");

    assertThat(viewer.get("/api/v1/documents/" + "0".repeat(32)).status()).isEqualTo(404);
    assertThat(viewer.get("/api/v1/documents/..%2f..%2fetc").status()).isBetween(400, 404);
    assertThat(viewer.get("/api/v1/corpora/" + corpus + "/documents?after=xyz").status())
        .isEqualTo(400);
    assertThat(viewer.get("/api/v1/corpora/" + corpus + "/documents?limit=many").status())
        .isEqualTo(400);
  }

  @Test
  void equalFilesGiveEqualShardsWhateverTheNumberOfWorkers() throws Exception {
    Path folder = TestCorpora.folder();
    for (int i = 0; i < 12; i++) {
      Files.writeString(folder.resolve("f%02d.txt".formatted(i)), ("text " + i + " ").repeat(300));
    }
    String alone = TestCorpora.create("alone");
    TestCorpora.source(alone, "same", folder, "");
    TestCorpora.ingest(alone);
    String shared = TestCorpora.create("shared");
    TestCorpora.source(shared, "same", folder, "");

    try (var _ =
        RunningService.get().start(Map.of("tnl.batch.roles", "worker", "tnl.batch.threads", "3"))) {
      TestCorpora.ingest(shared);
    }

    assertThat(digests(shared)).hasSize(12).isEqualTo(digests(alone));
  }

  private List<String> digests(String corpus) {
    return viewer
        .get("/api/v1/corpora/" + corpus + "/shards?limit=500")
        .body()
        .at("/items")
        .findValuesAsString("sha256");
  }

  @Test
  void aSecondIngestionReplacesWhatTheFirstRead() throws Exception {
    String corpus = TestCorpora.create("again");
    Path folder = TestCorpora.folder();
    Files.writeString(folder.resolve("a.txt"), "a stays".repeat(600));
    Files.writeString(folder.resolve("b.txt"), "b changes".repeat(600));
    TestCorpora.source(corpus, "two", folder, "");
    TestCorpora.ingest(corpus);
    List<JsonNode> before = documents(corpus, "limit=9");
    Files.writeString(folder.resolve("b.txt"), "b is other now".repeat(600));

    Api.Answer again = TestCorpora.ingest(corpus);

    List<JsonNode> after = documents(corpus, "limit=9");
    assertThat(again.number("/counts/documents")).isEqualTo(2);
    assertThat(after).hasSize(2);
    assertThat(ids(after)).filteredOn(ids(before)::contains).hasSize(1);
    assertThat(ids(before))
        .allSatisfy(
            id -> assertThat(viewer.get("/api/v1/documents/" + id).status()).isEqualTo(200));
  }

  private static List<String> ids(List<JsonNode> documents) {
    return documents.stream().map(each -> each.at("/id").asString()).toList();
  }

  @Test
  void oneKeyLaunchesOnce() throws Exception {
    String corpus = TestCorpora.create("key");
    Path folder = TestCorpora.folder();
    Files.writeString(folder.resolve("a.txt"), "a");
    TestCorpora.source(corpus, "one", folder, "");
    String path = "/api/v1/corpora/" + corpus + "/ingestions";
    String key = UUID.randomUUID().toString();

    Api.Answer first = operator.launch(path, "{}", key);
    Api.Answer second = operator.launch(path, "{}", key);

    assertThat(second.text("/id")).isEqualTo(first.text("/id"));
    assertThat(operator.launch(path, "{\"sources\":[\"one\"]}", key).status()).isEqualTo(422);
    assertThat(operator.post(path, "{}").status()).isEqualTo(400);
    operator.awaitEnd(first.header("Location"));
    assertThat(viewer.get(path).body().at("/items")).hasSize(1);
  }

  @Test
  void refusesWhatCannotBeIngested() throws Exception {
    String empty = TestCorpora.create("empty");
    assertThat(operator.launch("/api/v1/corpora/" + empty + "/ingestions", "{}").status())
        .isEqualTo(409);
    TestCorpora.source(empty, "a", TestCorpora.folder(), "");
    Api.Answer unknown =
        operator.launch("/api/v1/corpora/" + empty + "/ingestions", "{\"sources\":[\"b\"]}");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.text("/errors/0/pointer")).isEqualTo("/sources/0");
  }

  @Test
  void failsWithItsReasonWhenThereIsNothingToReadAndGoesOnOnceThereIs() throws Exception {
    String corpus = TestCorpora.create("nothing");
    Path folder = TestCorpora.folder();
    TestCorpora.source(corpus, "empty", folder, "");

    Api.Answer failed = TestCorpora.ingest(corpus);

    assertThat(failed.text("/status/state")).isEqualTo("failed");
    assertThat(failed.text("/status/reason")).contains("no file there is to be read");
    Files.writeString(folder.resolve("a.txt"), "a");
    String path = "/api/v1/corpora/" + corpus + "/ingestions/" + failed.text("/id");
    assertThat(operator.post(path + "/stop", "").status()).isEqualTo(409);
    System.setProperty(FailPoints.PROPERTY, "idempotency.beforeKeep:throw");
    assertThat(operator.launch(path + "/restart", "", "go on").status()).isEqualTo(400);
    assertThat(operator.launch(path + "/restart", "", "go-on").status()).isEqualTo(500);
    System.clearProperty(FailPoints.PROPERTY);
    Api.Answer again = operator.launch(path + "/restart", "", "go-on");
    assertThat(again.status()).as("the same request after a lost answer").isEqualTo(202);
    Api.Answer ended = operator.await(path, each -> each.text("/status/state").equals("succeeded"));
    assertThat(ended.number("/status/attempt")).isEqualTo(2);
    assertThat(operator.launch(path + "/restart", "").status()).isEqualTo(409);
  }

  @Test
  void failsWhenEveryFileIsBad() throws Exception {
    String corpus = TestCorpora.create("bad");
    Path folder = TestCorpora.folder();
    Files.write(folder.resolve("a.txt"), new byte[] {0, 1, 2});
    TestCorpora.source(corpus, "bad", folder, "");

    Api.Answer failed = TestCorpora.ingest(corpus);

    assertThat(failed.text("/status/state")).isEqualTo("failed");
    assertThat(failed.text("/status/reason")).contains("1 of 1 files failed");
    assertThat(failures(corpus, failed.text("/id"))).containsEntry("a.txt", "unsupported-format");
  }

  @Test
  void goesOnAfterAFailureBetweenReadingAndPublishing() throws Exception {
    String corpus = TestCorpora.create("resume");
    Path folder = TestCorpora.folder();
    for (int i = 0; i < 6; i++) {
      Files.writeString(folder.resolve(i + ".txt"), ("text " + i).repeat(500));
    }
    TestCorpora.source(corpus, "six", folder, "");
    System.setProperty(
        FailPoints.PROPERTY, "ingest.beforePublish:throw:1,ingest.afterFile:throw:3");

    Api.Answer failed = TestCorpora.ingest(corpus);

    assertThat(failed.text("/status/state")).isEqualTo("failed");
    assertThat(failed.text("/status/reason")).contains("ingest.afterFile");
    assertThat(viewer.get("/api/v1/corpora/" + corpus).number("/counts/documents")).isZero();
    String path = "/api/v1/corpora/" + corpus + "/ingestions/" + failed.text("/id");
    operator.launch(path + "/restart", "");
    Api.Answer second =
        operator.await(
            path,
            each ->
                each.number("/status/attempt") == 2 && each.text("/status/state").equals("failed"));
    assertThat(second.text("/status/reason")).contains("ingest.beforePublish");
    operator.launch(path + "/restart", "");
    Api.Answer ended = operator.await(path, each -> each.text("/status/state").equals("succeeded"));
    assertThat(ended.number("/counts/documents")).isEqualTo(6);
    System.clearProperty(FailPoints.PROPERTY);
    String straight = TestCorpora.create("straight");
    TestCorpora.source(straight, "six", folder, "");
    TestCorpora.ingest(straight);
    assertThat(digests(corpus)).isEqualTo(digests(straight));
  }

  @Test
  void stopsAndGoesOn() throws Exception {
    String corpus = TestCorpora.create("stop");
    Path folder = TestCorpora.folder();
    for (int i = 0; i < 40; i++) {
      Files.writeString(folder.resolve(i + ".txt"), ("text " + i).repeat(200));
    }
    TestCorpora.source(corpus, "forty", folder, "");
    System.setProperty(FailPoints.PROPERTY, "ingest.afterFile:sleep-100");
    String path =
        operator.launch("/api/v1/corpora/" + corpus + "/ingestions", "{}").header("Location");
    operator.await(path, each -> each.number("/counts/filesDone") > 0);

    assertThat(operator.launch("/api/v1/corpora/" + corpus + "/ingestions", "{}").status())
        .isEqualTo(409);
    assertThat(operator.delete("/api/v1/corpora/" + corpus).status()).isEqualTo(409);
    assertThat(operator.post(path + "/stop", "").status()).isEqualTo(202);
    Api.Answer stopped = operator.awaitEnd(path);

    assertThat(stopped.text("/status/state")).isEqualTo("stopped");
    assertThat(stopped.number("/counts/filesDone")).isLessThan(40);
    System.clearProperty(FailPoints.PROPERTY);
    operator.launch(path + "/restart", "");
    Api.Answer ended = operator.await(path, each -> each.text("/status/state").equals("succeeded"));
    assertThat(ended.number("/counts/documents")).isEqualTo(40);
  }
}
