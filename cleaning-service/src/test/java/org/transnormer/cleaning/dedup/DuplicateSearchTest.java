package org.transnormer.cleaning.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.cleaning.CleaningFixture;
import org.transnormer.cleaning.recipe.DuplicateSpec;
import org.transnormer.cleaning.recipe.DuplicateSpec.Scope;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.ClusterWriter;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.ShardSidecars.Clusters;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

class DuplicateSearchTest {
  private static final Recipe RECIPE =
      Recipe.parse("{\"format\":\"tnl/recipe/1\",\"name\":\"test\",\"text\":[\"whitespace\"]}");

  @TempDir Path folder;

  /** A word of letters, since every number counts as 0. */
  private static String word(int number) {
    StringBuilder word = new StringBuilder();
    for (int left = number + 26 * 26; left > 0; left /= 26) {
      word.append((char) ('a' + left % 26));
    }
    return word.toString();
  }

  private static String words(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : " ").append(word(random.nextInt(5_000)));
    }
    return text.toString();
  }

  /** Replaces about one word in {@code every}. */
  private static String edited(String text, Random random, int every) {
    String[] words = text.split(" ");
    for (int i = 0; i < words.length; i++) {
      if (random.nextInt(every) == 0) {
        words[i] = word(5_000 + random.nextInt(1_000_000));
      }
    }
    return String.join(" ", words);
  }

  private static List<Document> corpus(long seed, int count) {
    Random random = new Random(seed);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text =
          switch (i == 0 ? 4 : random.nextInt(5)) {
            case 0 -> documents.get(random.nextInt(i)).text();
            case 1 -> edited(documents.get(random.nextInt(i)).text(), random, 60);
            case 2 -> words(random, random.nextInt(4));
            default -> words(random, 80 + random.nextInt(80));
          };
      documents.add(CleaningFixture.document("d" + seed + "-" + i, text));
    }
    return documents;
  }

  /** Cluster by document id, as sets. */
  private static Set<Set<String>> clusters(CorpusSidecars corpus, Likeness likeness)
      throws IOException {
    Map<Long, Set<String>> byNumber = new HashMap<>();
    for (int shard = 0; shard < corpus.shards().size(); shard++) {
      Clusters clusters = corpus.shard(shard).clusters(likeness);
      byte[] ids = corpus.shard(shard).documentIds();
      for (int ordinal = 0; ordinal < clusters.cluster().length; ordinal++) {
        if (clusters.cluster()[ordinal] != ClusterWriter.ALONE) {
          byNumber
              .computeIfAbsent(clusters.cluster()[ordinal], _ -> new TreeSet<>())
              .add(CleaningFixture.hex(ids, ordinal));
        }
      }
    }
    return new HashSet<>(byNumber.values());
  }

  /** Slow and obvious: every pair is compared. */
  private static Set<Set<String>> bruteForce(
      List<Document> documents, DuplicateSpec spec, boolean near) {
    MinHash minHash = MinHash.seeded(spec.words(), spec.bands() * spec.rows(), spec.seed());
    Map<String, List<Integer>> byKey = new TreeMap<>();
    for (int i = 0; i < documents.size(); i++) {
      Document document = documents.get(i);
      byKey.computeIfAbsent("text " + document.text(), _ -> new ArrayList<>()).add(i);
      long[] signature = near ? minHash.signature(document.text()).orElse(null) : null;
      for (int band = 0; signature != null && band < spec.bands(); band++) {
        String key =
            "band "
                + band
                + java.util.Arrays.toString(
                    java.util.Arrays.copyOfRange(
                        signature, band * spec.rows(), (band + 1) * spec.rows()));
        byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(i);
      }
    }
    int[] group = new int[documents.size()];
    java.util.Arrays.setAll(group, i -> i);
    for (List<Integer> alike : byKey.values()) {
      for (int other : alike) {
        int from = group[other];
        int to = group[alike.getFirst()];
        for (int i = 0; i < group.length; i++) {
          group[i] = group[i] == from ? to : group[i];
        }
      }
    }
    Map<Integer, Set<String>> sets = new HashMap<>();
    for (int i = 0; i < group.length; i++) {
      sets.computeIfAbsent(group[i], _ -> new TreeSet<>()).add(documents.get(i).id());
    }
    sets.values().removeIf(set -> set.size() == 1);
    return new HashSet<>(sets.values());
  }

  @ParameterizedTest
  @CsvSource({"1,1,8388608", "2,4,8388608", "3,64,1"})
  void findsTheClustersThatComparingEveryPairFinds(long seed, int ranges, long budget)
      throws IOException {
    List<Document> documents = corpus(seed, 240);
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      fixture.budget = budget;
      List<AnnotatedShard> shards =
          fixture.annotate(
              RECIPE,
              List.of(
                  fixture.shard(documents.subList(0, 100)),
                  fixture.shard(documents.subList(100, 101)),
                  fixture.shard(documents.subList(101, 240))));
      try (CorpusSidecars sidecars = fixture.open(shards)) {
        ClusterSummary summary = fixture.findDuplicates(RECIPE, sidecars, ranges);

        Set<Set<String>> exact = clusters(sidecars, Likeness.EXACT);
        Set<Set<String>> near = clusters(sidecars, Likeness.NEAR);
        assertThat(exact).isEqualTo(bruteForce(documents, RECIPE.duplicates(), false));
        assertThat(near).isEqualTo(bruteForce(documents, RECIPE.duplicates(), true));
        assertThat(summary.exactClusters()).isEqualTo(exact.size()).isPositive();
        assertThat(summary.nearClusters()).isEqualTo(near.size());
        assertThat(summary.nearDocuments()).isEqualTo(near.stream().mapToInt(Set::size).sum());
        assertThat(summary.nearDocuments()).isGreaterThan(summary.exactDocuments());
      }
    }
  }

  @Test
  void theOrderOfShardsDoesNotChangeTheClusters() throws IOException {
    List<Document> documents = corpus(9, 200);
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      List<ShardRef> raw = new ArrayList<>();
      for (int i = 0; i < 200; i += 40) {
        raw.add(fixture.shard(documents.subList(i, i + 40)));
      }
      List<Set<Set<String>>> found = new ArrayList<>();
      for (int order = 0; order < 3; order++) {
        List<AnnotatedShard> shards = fixture.annotate(RECIPE, raw);
        try (CorpusSidecars sidecars = fixture.open(shards)) {
          fixture.findDuplicates(RECIPE, sidecars, 2);
          found.add(clusters(sidecars, Likeness.NEAR));
        }
        Collections.rotate(raw, 2);
      }
      assertThat(found.get(1)).isEqualTo(found.get(0));
      assertThat(found.get(2)).isEqualTo(found.get(0));
    }
  }

  @Test
  void findsPlantedNearDuplicates() throws IOException {
    Random random = new Random(4);
    List<Document> documents = new ArrayList<>();
    int pairs = 300;
    int similar = 0;
    Set<Integer> atLeast80 = new HashSet<>();
    for (int i = 0; i < pairs; i++) {
      String text = words(random, 300);
      String twin = edited(text, random, 60);
      if (jaccard(text, twin) >= 0.8) {
        atLeast80.add(i);
        similar++;
      }
      documents.add(CleaningFixture.document("a" + i, text));
      documents.add(CleaningFixture.document("b" + i, twin));
    }
    assertThat(similar).isGreaterThan(150);
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      List<AnnotatedShard> shards = fixture.annotate(RECIPE, List.of(fixture.shard(documents)));
      try (CorpusSidecars sidecars = fixture.open(shards)) {
        fixture.findDuplicates(RECIPE, sidecars, 1);
        long[] cluster = sidecars.shard(0).clusters(Likeness.NEAR).cluster();
        long caught =
            atLeast80.stream()
                .filter(i -> cluster[2 * i] >= 0 && cluster[2 * i] == cluster[2 * i + 1])
                .count();

        assertThat(caught / (double) similar).isGreaterThan(0.95);
        assertThat(java.util.Arrays.stream(sidecars.shard(0).clusters(Likeness.NEAR).size()).max())
            .as("no two pairs are joined")
            .hasValue(2);
      }
    }
  }

  private static double jaccard(String a, String b) {
    Set<String> left = shingles(a);
    Set<String> right = shingles(b);
    Set<String> both = new HashSet<>(left);
    both.retainAll(right);
    return both.size() / (double) (left.size() + right.size() - both.size());
  }

  private static Set<String> shingles(String text) {
    String[] words = text.split(" ");
    Set<String> shingles = new HashSet<>();
    for (int i = 0; i + 5 <= words.length; i++) {
      shingles.add(String.join(" ", java.util.Arrays.copyOfRange(words, i, i + 5)));
    }
    return shingles;
  }

  @Test
  void documentsOfDifferentSourcesDoNotMeetInTheScopeOfASource() throws IOException {
    String text = words(new Random(1), 100);
    Recipe bySource =
        RECIPE.withDuplicates(
            new DuplicateSpec(
                true, true, Scope.SOURCE, 14, 8, 5, 1, DuplicateSpec.Survivor.LONGEST));
    List<Document> documents =
        List.of(
            new Document(CleaningFixture.id("1"), text, "news", Map.of()),
            new Document(CleaningFixture.id("2"), text, "mail", Map.of()),
            new Document(CleaningFixture.id("3"), text, "news", Map.of()));
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      List<AnnotatedShard> shards = fixture.annotate(bySource, List.of(fixture.shard(documents)));
      try (CorpusSidecars sidecars = fixture.open(shards)) {
        ClusterSummary summary = fixture.findDuplicates(bySource, sidecars, 1);

        assertThat(summary).isEqualTo(new ClusterSummary(1, 2, 1, 2));
        assertThat(sidecars.shard(0).clusters(Likeness.NEAR).cluster())
            .containsExactly(0, ClusterWriter.ALONE, 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"near.run", "near.index", "exact.run"})
  void refusesARunThatIsDamaged(String name) throws IOException {
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      List<AnnotatedShard> shards = fixture.annotate(RECIPE, List.of(fixture.shard(corpus(5, 60))));
      Path file = folder.resolve("store/" + fixture.layout.runs(shards.getFirst().raw()), name);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2 - 3] ^= 4;
      Files.delete(file);
      Files.write(file, bytes);

      try (CorpusSidecars sidecars = fixture.open(shards)) {
        assertThatThrownBy(() -> fixture.findDuplicates(RECIPE, sidecars, 1))
            .isInstanceOfAny(CorruptArtifactException.class, IOException.class);
      }
    }
  }
}
