package org.transnormer.cleaning.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.documents.SnapshotRef;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.cleaning.CleaningFixture;
import org.transnormer.cleaning.decide.Counts.Reason;
import org.transnormer.cleaning.decide.Verdict.Dropped;
import org.transnormer.cleaning.decide.Verdict.Kept;
import org.transnormer.cleaning.decide.Verdict.Stage;
import org.transnormer.cleaning.materialise.Materialiser;
import org.transnormer.cleaning.recipe.HeldOutSpec;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.ScoreWriter;

class DecisionsTest {
  private static final Recipe RECIPE =
      Recipe.parse(
          """
          format: tnl/recipe/1
          name: test
          text: [line-ends, whitespace]
          rules: [empty, {rule: min_characters, limit: 20}, {rule: digit_ratio, limit: 0.2}]
          heldOut: {share: 0.2, seed: 3}
          rounds:
            - cut: {lowestPercent: 5, highestPercent: 10, strata: source, minimum: 50}
              review: {documents: 10, bandPercent: 5, autoAccept: true}
          """);

  @TempDir Path folder;
  private CleaningFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new CleaningFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static String prose(Random random, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : " ");
      for (int j = 2 + random.nextInt(7); j > 0; j--) {
        text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.toString();
  }

  private CorpusSidecars clean(List<List<Document>> shards) throws IOException {
    List<org.transnormer.artifacts.documents.ShardRef> raw = new ArrayList<>();
    for (List<Document> shard : shards) {
      raw.add(fixture.shard(shard));
    }
    List<AnnotatedShard> annotated = fixture.annotate(RECIPE, raw);
    CorpusSidecars corpus = fixture.open(annotated);
    fixture.findDuplicates(RECIPE, corpus, 1);
    return corpus;
  }

  @Test
  void namesTheFirstRuleThatFailsWithItsValueAndLimit() throws IOException {
    List<Document> documents =
        List.of(
            CleaningFixture.document("a", " \n\t "),
            CleaningFixture.document("b", "12 45"),
            CleaningFixture.document("c", "1234567890 abcdefghij 12"),
            CleaningFixture.document("d", "a text that nobody has reason to drop"));
    try (CorpusSidecars corpus = clean(List.of(documents));
        Decisions decisions = Decisions.prepare(RECIPE, corpus, 0, ReviewDecisions.none())) {
      ShardDecision decision = decisions.decide(0);

      assertThat(decision.verdict(0)).isEqualTo(new Dropped(Stage.RULES, "empty", 0, 1));
      assertThat(decision.verdict(1)).isEqualTo(new Dropped(Stage.RULES, "min_characters", 5, 20));
      assertThat(decision.verdict(2))
          .isEqualTo(new Dropped(Stage.RULES, "digit_ratio", 12 / 22.0, 0.2));
      assertThat(decision.verdict(3)).isInstanceOf(Kept.class);
      assertThat(decision.counts().dropped())
          .containsExactlyEntriesOf(
              new TreeMap<>(
                  Map.of(
                      new Reason(Stage.RULES, "empty"), 1L,
                      new Reason(Stage.RULES, "min_characters"), 1L,
                      new Reason(Stage.RULES, "digit_ratio"), 1L)));
      assertThat(decision.dropped(new Reason(Stage.RULES, "digit_ratio")).toArray())
          .containsExactly(2);
    }
  }

  @Test
  void ofAClusterTheOneStaysThatTheRulesKeepAndThatIsLongest() throws IOException {
    String text = prose(new Random(1), 200);
    List<Document> first =
        List.of(
            CleaningFixture.document("exact 1", text),
            CleaningFixture.document("longest but digits", text + " 1".repeat(300)),
            CleaningFixture.document("alone", prose(new Random(2), 50)));
    List<Document> second =
        List.of(
            CleaningFixture.document("exact 2", text + "  "),
            CleaningFixture.document("longer", text + " and one more"));
    try (CorpusSidecars corpus = clean(List.of(first, second));
        Decisions decisions = Decisions.prepare(RECIPE, corpus, 0, ReviewDecisions.none())) {
      ShardDecision one = decisions.decide(0);
      ShardDecision two = decisions.decide(1);

      assertThat(two.verdict(1)).isInstanceOf(Kept.class);
      assertThat(one.verdict(2)).isInstanceOf(Kept.class);
      assertThat(one.verdict(1))
          .isInstanceOfSatisfying(
              Dropped.class, dropped -> assertThat(dropped.stage()).isEqualTo(Stage.RULES));
      boolean firstHasSmallerId =
          CleaningFixture.id("exact 1").compareTo(CleaningFixture.id("exact 2")) < 0;
      Verdict survivor = firstHasSmallerId ? one.verdict(0) : two.verdict(0);
      Verdict other = firstHasSmallerId ? two.verdict(0) : one.verdict(0);
      assertThat(other).isEqualTo(new Dropped(Stage.EXACT_DUPLICATES, "exact_duplicate", 2, 1));
      assertThat(survivor)
          .isInstanceOfSatisfying(
              Dropped.class, dropped -> assertThat(dropped.reason()).isEqualTo("near_duplicate"));
      assertThat(decisions.counts().kept()).isEqualTo(2);
    }
  }

  /** Documents of two sources, each with scores of its own. */
  private CorpusSidecars scored(int perSource, Map<String, Double> nats) throws IOException {
    Random random = new Random(7);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < 2 * perSource; i++) {
      String name = "doc " + i;
      String source = i % 2 == 0 ? "books" : "mail";
      documents.add(new Document(CleaningFixture.id(name), prose(random, 60), source, Map.of()));
      nats.put(CleaningFixture.id(name), (i % 2 == 0 ? 2 : 6) + random.nextGaussian() / 4);
    }
    CorpusSidecars corpus =
        clean(
            List.of(documents.subList(0, perSource), documents.subList(perSource, 2 * perSource)));
    for (AnnotatedShard shard : corpus.shards()) {
      int index = corpus.shards().indexOf(shard);
      byte[] ids = corpus.shard(index).documentIds();
      try (ScoreWriter scores =
          ScoreWriter.create(fixture.store, fixture.layout, 1, shard, "0".repeat(64))) {
        for (int ordinal = ids.length / 16 - 1; ordinal >= 0; ordinal--) {
          if (ordinal == 17) {
            scores.unscored(ordinal, "no token");
          } else {
            scores.scored(
                ordinal, nats.getOrDefault(CleaningFixture.hex(ids, ordinal), Double.NaN), 60);
          }
        }
        scores.commit();
      }
    }
    return corpus;
  }

  @Test
  void cutsBothTailsOfEveryStratumByPercentile() throws IOException {
    Map<String, Double> nats = new HashMap<>();
    try (CorpusSidecars corpus = scored(200, nats);
        Decisions decisions = Decisions.prepare(RECIPE, corpus, 1, ReviewDecisions.none())) {
      List<Cut> cuts = decisions.cuts(1);
      Counts counts = decisions.counts();

      assertThat(cuts).extracting(Cut::stratum).containsExactly("books", "mail");
      assertThat(cuts).extracting(Cut::scored).containsExactly(200L, 198L);
      assertThat(cuts).extracting(Cut::unscored).containsExactly(0L, 2L);
      assertThat(cuts.getFirst().histogram().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(200);
      // 5 % and 10 % of 200 and of 198, rounded down; two scores may share a bin.
      assertThat(counts.dropped())
          .containsEntry(new Reason(Stage.SELF_CLEANING, "perplexity_too_low"), 10L + 9)
          .containsEntry(new Reason(Stage.SELF_CLEANING, "perplexity_too_high"), 20L + 19);
      assertThat(counts.unscored()).isEqualTo(2);
      assertThat(counts.in()).isEqualTo(400);
      for (int shard = 0; shard < 2; shard++) {
        requireVerdictsFollowTheCuts(decisions, corpus, shard, nats);
      }
    }
  }

  private static void requireVerdictsFollowTheCuts(
      Decisions decisions, CorpusSidecars corpus, int shard, Map<String, Double> nats)
      throws IOException {
    ShardDecision decision = decisions.decide(shard);
    byte[] ids = corpus.shard(shard).documentIds();
    String[] sources = corpus.shard(shard).sources();
    for (int ordinal = 0; ordinal < decision.documents(); ordinal++) {
      String source = sources[ordinal];
      Cut cut =
          decisions.cuts(1).stream().filter(c -> c.stratum().equals(source)).findFirst().get();
      double score = nats.getOrDefault(CleaningFixture.hex(ids, ordinal), Double.NaN);
      if (ordinal == 17) {
        assertThat(decision.verdict(ordinal)).isInstanceOf(Kept.class);
      } else if (decision.verdict(ordinal) instanceof Dropped dropped) {
        boolean high = dropped.reason().equals("perplexity_too_high");
        assertThat(dropped.value()).isEqualTo(Math.exp(score));
        assertThat(dropped.limit()).isEqualTo(Math.exp(high ? cut.highest() : cut.lowest()));
        assertThat(score).matches(s -> high ? s >= cut.highest() : s < cut.lowest());
      } else {
        assertThat(score).isBetween(cut.lowest(), cut.highest());
      }
    }
  }

  @Test
  void smallStrataAreCutTogether() throws IOException {
    try (CorpusSidecars corpus = scored(40, new HashMap<>());
        Decisions decisions = Decisions.prepare(RECIPE, corpus, 1, ReviewDecisions.none())) {
      assertThat(decisions.cuts(1)).extracting(Cut::stratum).containsExactly(Cut.POOLED);
      assertThat(decisions.cuts(1).getFirst().scored()).isEqualTo(78);
    }
  }

  @Test
  void theReviewSampleLiesNearTheCutsOnBothSidesAndPeopleOverruleThem() throws IOException {
    try (CorpusSidecars corpus = scored(200, new HashMap<>())) {
      List<ReviewCandidate> sample;
      ReviewDecisions people = ReviewDecisions.none();
      try (Decisions decisions = Decisions.prepare(RECIPE, corpus, 1, ReviewDecisions.none())) {
        sample = decisions.reviewSample(1);
        assertThat(decisions.reviewSample(1)).isEqualTo(sample);
      }
      assertThat(sample).hasSizeBetween(6, 10).doesNotHaveDuplicates();
      assertThat(sample).extracting(ReviewCandidate::kept).contains(true, false);
      assertThat(sample).extracting(ReviewCandidate::stratum).contains("books", "mail");
      assertThat(sample).allSatisfy(c -> assertThat(Math.abs(c.nats() - c.limit())).isLessThan(1));
      ReviewCandidate cut = sample.stream().filter(c -> !c.kept()).findFirst().get();
      ReviewCandidate kept = sample.stream().filter(ReviewCandidate::kept).findFirst().get();
      people.add(cut.shard(), cut.ordinal(), true).add(kept.shard(), kept.ordinal(), false);

      try (Decisions decisions = Decisions.prepare(RECIPE, corpus, 1, people)) {
        assertThat(decisions.decide(cut.shard()).verdict(cut.ordinal())).isInstanceOf(Kept.class);
        assertThat(decisions.decide(kept.shard()).verdict(kept.ordinal()))
            .isInstanceOfSatisfying(
                Dropped.class, d -> assertThat(d.stage()).isEqualTo(Stage.REVIEW));
      }
    }
  }

  @Test
  void theSplitOfAClusterIsDrawnByItsSmallestIdWhicheverOfItsDocumentsStays() throws IOException {
    Recipe recipe = RECIPE.withHeldOut(new HeldOutSpec(0.3, 5));
    Random random = new Random(3);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String text = prose(random, 100);
      documents.add(CleaningFixture.document("short " + i, text));
      documents.add(CleaningFixture.document("long " + i, text + " more"));
    }
    try (CorpusSidecars corpus =
            clean(List.of(documents.subList(0, 150), documents.subList(150, 400)));
        Decisions decisions = Decisions.prepare(recipe, corpus, 0, ReviewDecisions.none())) {
      HeldOutSplit split = new HeldOutSplit(recipe.heldOut());
      Counts counts = decisions.counts();

      assertThat(counts.kept()).isBetween(195L, 205L);
      assertThat(counts.heldOut()).isBetween(40L, 80L);
      for (int shard = 0; shard < 2; shard++) {
        byte[] representatives =
            corpus
                .shard(shard)
                .clusters(org.transnormer.cleaning.sidecar.SidecarLayout.Likeness.NEAR)
                .representative();
        decisions
            .decide(shard)
            .heldOut()
            .forEach(
                (int ordinal) -> assertThat(split.holdsOut(representatives, ordinal)).isTrue());
      }
    }
  }

  @Test
  void whatIfMovesALimitWithoutChangingAnything() throws IOException {
    List<Document> documents = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 100; i++) {
      documents.add(CleaningFixture.document("doc " + i, prose(random, 1 + i)));
    }
    try (CorpusSidecars corpus = clean(List.of(documents))) {
      Counts now = WhatIf.evaluate(RECIPE, Map.of(), corpus, 0, ReviewDecisions.none());
      Counts stricter =
          WhatIf.evaluate(
              RECIPE, Map.of("min_characters", 200.0), corpus, 0, ReviewDecisions.none());
      Counts other =
          WhatIf.evaluate(
              RECIPE, Map.of("gopher_short_doc", 50.0), corpus, 0, ReviewDecisions.none());

      assertThat(stricter.kept()).isLessThan(now.kept());
      assertThat(other.dropped())
          .containsEntry(
              new Reason(Stage.RULES, "gopher_short_doc"), 49L - now.dropped(Stage.RULES));
      assertThat(WhatIf.evaluate(RECIPE, Map.of(), corpus, 0, ReviewDecisions.none()))
          .isEqualTo(now);
    }
  }

  @Test
  void explainsOneDocument() throws IOException {
    String text = prose(new Random(1), 100);
    List<Document> documents =
        List.of(
            CleaningFixture.document("a", text),
            CleaningFixture.document("b", text),
            CleaningFixture.document("c", "too short"));
    try (CorpusSidecars corpus = clean(List.of(documents));
        Decisions decisions = Decisions.prepare(RECIPE, corpus, 0, ReviewDecisions.none())) {
      Explanation first = decisions.explain(0, 0);
      Explanation second = decisions.explain(0, 1);
      Explanation third = decisions.explain(0, 2);

      assertThat(first.documentId()).isEqualTo(CleaningFixture.id("a"));
      assertThat(first.clusters()).hasSize(2).allSatisfy(m -> assertThat(m.size()).isEqualTo(2));
      assertThat(first.clusters().getFirst().survivor())
          .isNotEqualTo(second.clusters().getFirst().survivor());
      assertThat(third.clusters()).isEmpty();
      assertThat(third.values())
          .containsEntry("min_characters", 9.0)
          .containsEntry("gopher_short_doc", 2.0);
      assertThat(third.verdict()).isEqualTo(new Dropped(Stage.RULES, "min_characters", 9, 20));
    }
  }

  @Test
  void refusesSidecarsOfAnotherAnnotation() throws IOException {
    Recipe other =
        Recipe.parse("{\"format\":\"tnl/recipe/1\",\"name\":\"x\",\"text\":[\"unicode-nfc\"]}");
    try (CorpusSidecars corpus = clean(List.of(List.of(CleaningFixture.document("a", "text"))))) {
      assertThatThrownBy(() -> Decisions.prepare(other, corpus, 0, ReviewDecisions.none()).close())
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void snapshotsHoldWhatWasKeptAndAreTheSameWhenDoneAgain() throws IOException {
    List<Document> documents = new ArrayList<>();
    Random random = new Random(6);
    for (int i = 0; i < 120; i++) {
      documents.add(CleaningFixture.document("doc " + i, prose(random, i % 40)));
    }
    try (CorpusSidecars corpus =
            clean(List.of(documents.subList(0, 60), documents.subList(60, 120)));
        Decisions decisions = Decisions.prepare(RECIPE, corpus, 0, ReviewDecisions.none())) {
      SnapshotRef first =
          Materialiser.write(
              fixture.store, decisions, CanonicalJson.object().put("cleaningRun", "one"));
      SnapshotRef again =
          Materialiser.write(
              fixture.store, decisions, CanonicalJson.object().put("cleaningRun", "two"));

      assertThat(again).isEqualTo(first);
      Snapshot snapshot = Snapshot.read(fixture.store, first.id());
      assertThat(snapshot.recipeHash()).isEqualTo(RECIPE.hash());
      assertThat(snapshot.trainDocuments()).isEqualTo(decisions.counts().train());
      assertThat(snapshot.heldoutDocuments()).isEqualTo(decisions.counts().heldOut());
    }
  }

  @Test
  void countsThatDoNotBalanceFail() {
    Counts lost = new Counts(10, 5, 1, 1, 0, new TreeMap<>());

    assertThatThrownBy(() -> lost.requireBalanced("decide"))
        .isInstanceOf(ConservationException.class)
        .hasMessageContaining("10 documents in");
  }
}
