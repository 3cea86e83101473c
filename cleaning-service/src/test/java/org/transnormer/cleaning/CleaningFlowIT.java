package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.cleaning.kit.Api;
import org.transnormer.cleaning.kit.Platform;
import org.transnormer.cleaning.kit.RealCorpus;
import org.transnormer.cleaning.kit.TestRecipes;
import org.transnormer.cleaning.runs.RunStages;
import tools.jackson.databind.JsonNode;

/** The whole way once: corpus, cleaning run with a round, tokenizer, token set. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CleaningFlowIT {

  private static final Platform PLATFORM = Platform.shared();
  private static RealCorpus corpus;
  private static Api api;
  private static String run = "";
  private static String snapshot = "";
  private static String tokenizer = "";

  @BeforeAll
  static void start() throws IOException {
    corpus = PLATFORM.corpus("novels", 3, 120);
    api = Platform.sharedApi();
  }

  @Test
  @Order(1)
  void cleansACorpus() throws IOException {
    Api.Answer launched =
        api.launch(
            "/api/v1/cleaning-runs",
            Map.of(
                "corpusId", "novels", "recipe", "demo", "overrides", TestRecipes.withRound(true)));
    assertThat(launched.status()).as(launched.body().toPrettyString()).isEqualTo(202);
    run = launched.body().required("id").asString();

    JsonNode done = Platform.awaitState(api, "/api/v1/cleaning-runs/" + run, "succeeded");

    snapshot = done.required("snapshotId").asString();
    JsonNode counts = done.required("counts");
    assertThat(counts.required("documents").asInt()).isEqualTo(corpus.documents().size());
    long dropped = 0;
    for (JsonNode drop : done.required("drops")) {
      dropped += drop.required("documents").asLong();
    }
    assertThat(counts.required("kept").asLong() + dropped).isEqualTo(corpus.documents().size());
    assertThat(reason(done, "gopher_short_doc")).isGreaterThanOrEqualTo(RealCorpus.SHORT);
    assertThat(reason(done, "language")).isGreaterThanOrEqualTo(RealCorpus.FOREIGN);
    assertThat(done.at("/duplicates/exactClusters").asInt()).isEqualTo(RealCorpus.EXACT_DUPLICATES);
    assertThat(done.at("/duplicates/nearClusters").asInt())
        .isGreaterThanOrEqualTo(RealCorpus.EXACT_DUPLICATES + RealCorpus.NEAR_DUPLICATES);
    assertThat(done.at("/round/scored").asLong()).isPositive();
    assertThat(done.at("/round/autoAccept").asBoolean()).isTrue();
    assertThat(done.at("/review/autoAccepted").asLong()).isPositive();
    Snapshot read = Snapshot.read(PLATFORM.store(), snapshot);
    assertThat(read.trainDocuments()).isEqualTo(counts.required("train").asLong());
    assertThat(read.heldoutDocuments()).isEqualTo(counts.required("heldout").asLong());
    for (JsonNode stage : done.required("stages")) {
      assertThat(stage.required("state").asString())
          .as(stage.toPrettyString())
          .isEqualTo("succeeded");
      if (stage.required("name").asString().equals(RunStages.train(1))) {
        assertThat(stage.at("/progress/done").asLong())
            .as(stage.toPrettyString())
            .isPositive()
            .isEqualTo(stage.at("/progress/total").asLong());
      }
    }
  }

  private static long reason(JsonNode run, String reason) {
    long documents = 0;
    for (JsonNode drop : run.required("drops")) {
      documents +=
          drop.required("reason").asString().equals(reason)
              ? drop.required("documents").asLong()
              : 0;
    }
    return documents;
  }

  @Test
  @Order(2)
  void explainsEveryDocument() {
    for (Document document : List.of(corpus.of("notes").getFirst(), corpus.of("novel").get(40))) {
      JsonNode verdict =
          api.get("/api/v1/cleaning-runs/" + run + "/verdicts/" + document.id()).body();
      assertThat(verdict.path("documentId").asString())
          .as(verdict.toPrettyString())
          .isEqualTo(document.id());
      assertThat(verdict.required("values").size()).isGreaterThan(20);
    }
    JsonNode shortOne =
        api.get("/api/v1/cleaning-runs/" + run + "/verdicts/" + corpus.of("notes").getFirst().id())
            .body();
    assertThat(shortOne.required("kept").asBoolean()).isFalse();
    assertThat(shortOne.required("stage").asString()).isEqualTo("rules");
    assertThat(shortOne.required("value").asDouble())
        .isLessThan(shortOne.required("limit").asDouble());
    assertThat(api.get("/api/v1/cleaning-runs/" + run + "/verdicts/" + "0".repeat(32)).status())
        .isEqualTo(404);
  }

  @Test
  @Order(2)
  void showsSamplesOfWhatWasDropped() {
    JsonNode samples =
        api.get("/api/v1/cleaning-runs/" + run + "/samples?reason=gopher_short_doc&limit=3").body();

    assertThat(samples.required("items")).hasSize(3);
    assertThat(samples.at("/items/0/excerpt").asString()).isNotBlank();
  }

  @Test
  @Order(2)
  void saysWhatOtherLimitsWouldDo() {
    JsonNode strict =
        api.post(
                "/api/v1/cleaning-runs/" + run + "/what-if",
                Map.of("limits", Map.of("gopher_short_doc", 230)))
            .body();
    JsonNode same =
        api.post("/api/v1/cleaning-runs/" + run + "/what-if", Map.of("limits", Map.of())).body();

    JsonNode counts = api.get("/api/v1/cleaning-runs/" + run).body().required("counts");
    assertThat(same.required("kept").asLong())
        .as(same.toPrettyString())
        .isEqualTo(counts.required("kept").asLong());
    assertThat(strict.required("kept").asLong()).isLessThan(same.required("kept").asLong());
    assertThat(
            api.post(
                    "/api/v1/cleaning-runs/" + run + "/what-if",
                    Map.of("limits", Map.of("no_such_rule", 1)))
                .status())
        .isEqualTo(400);
  }

  @Test
  @Order(2)
  void showsItsRoundAndTheSampleNearTheCut() {
    JsonNode round = api.get("/api/v1/cleaning-runs/" + run + "/rounds").body().at("/items/0");

    assertThat(round.required("evaluationRunId").asString()).startsWith("run-");
    assertThat(round.at("/cuts/0/highest").asDouble()).isPositive();
    assertThat(round.at("/cutPrecision/judged").asInt()).isZero();
    JsonNode items = api.get("/api/v1/review-items?run=" + run + "&state=auto-accepted").body();
    assertThat(items.required("items")).isNotEmpty();
    String item = items.at("/items/0/id").asString();
    assertThat(api.get("/api/v1/review-items/" + item).body().required("text").asString())
        .isNotBlank();
    JsonNode decided =
        api.post("/api/v1/review-items/" + item + "/decision", Map.of("decision", "reject")).body();
    assertThat(decided.required("decidedBy").asString()).isEqualTo("Alice");
    assertThat(decided.required("state").asString()).isEqualTo("rejected");
  }

  @Test
  @Order(3)
  void trainsATokenizer() {
    Api.Answer launched =
        api.launch("/api/v1/tokenizers", Map.of("snapshotId", snapshot, "vocabSize", 512));
    assertThat(launched.status()).as(launched.body().toPrettyString()).isEqualTo(202);
    tokenizer = launched.body().required("id").asString();

    JsonNode done = Platform.awaitState(api, "/api/v1/tokenizers/" + tokenizer, "succeeded");

    assertThat(done.required("vocabSize").asInt()).isEqualTo(512);
    assertThat(api.get("/api/v1/tokenizers/" + done.required("sha256").asString()).body())
        .isEqualTo(done);
    assertThat(
            api.get("/api/v1/tokenizers/" + tokenizer + "/tokenizer.json")
                .body()
                .at("/model/type")
                .asString())
        .isEqualTo("BPE");
  }

  @Test
  @Order(4)
  void writesATokenSet() {
    Api.Answer launched =
        api.launch("/api/v1/token-sets", Map.of("snapshotId", snapshot, "tokenizerId", tokenizer));
    assertThat(launched.status()).as(launched.body().toPrettyString()).isEqualTo(202);
    String id = launched.body().required("id").asString();

    JsonNode done = Platform.awaitState(api, "/api/v1/token-sets/" + id, "succeeded");

    assertThat(done.at("/tokens/train").asLong()).isGreaterThan(10_000);
    assertThat(done.at("/tokens/heldout").asLong()).isPositive();
    double unigram = done.at("/statistics/unigramEntropyNats").asDouble();
    double bigram = done.at("/statistics/kneserNeyBigramHeldoutNats").asDouble();
    assertThat(bigram).isLessThan(unigram).isPositive();
    assertThat(done.at("/documents/train").asLong())
        .isEqualTo(api.get("/api/v1/cleaning-runs/" + run).body().at("/counts/train").asLong());
  }
}
