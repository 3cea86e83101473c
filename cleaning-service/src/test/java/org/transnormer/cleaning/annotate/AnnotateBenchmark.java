package org.transnormer.cleaning.annotate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.cleaning.CleaningFixture;
import org.transnormer.cleaning.decide.Counts;
import org.transnormer.cleaning.decide.Decisions;
import org.transnormer.cleaning.decide.ReviewDecisions;
import org.transnormer.cleaning.decide.ShardDecision;
import org.transnormer.cleaning.decide.Verdict;
import org.transnormer.cleaning.dedup.ShardRuns;
import org.transnormer.cleaning.language.LanguageDetection;
import org.transnormer.cleaning.recipe.BuiltInRecipes;
import org.transnormer.cleaning.recipe.DuplicateSpec;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.rules.Measures;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.text.DocumentText;
import org.transnormer.cleaning.text.TextNormaliser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * MB of text per CPU second on one core, of each part and of the whole. Arguments: a folder to work
 * in, and a file with one JSON object of source and text a line; without the file, random prose is
 * measured.
 */
final class AnnotateBenchmark {
  private final Path folder;

  private AnnotateBenchmark(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] arguments) throws IOException {
    new AnnotateBenchmark(Path.of(arguments[0]))
        .annotate(documents(arguments.length > 1 ? arguments[1] : ""));
  }

  private static List<Document> documents(String file) throws IOException {
    List<Document> documents = new ArrayList<>();
    if (!file.isEmpty()) {
      for (String line : Files.readAllLines(Path.of(file))) {
        JsonNode node = JsonMapper.shared().readTree(line);
        documents.add(
            new Document(
                CleaningFixture.id("" + documents.size()),
                node.get("text").asString(),
                node.get("source").asString(),
                Map.of()));
      }
      return documents;
    }
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int word = 0; word < 600; word++) {
        for (int j = 1 + random.nextInt(9); j > 0; j--) {
          text.append((char) ('a' + random.nextInt(26)));
        }
        text.append(word % 12 == 11 ? ". " : " ");
      }
      documents.add(CleaningFixture.document("d" + i, text.toString()));
    }
    return documents;
  }

  private void annotate(List<Document> documents) throws IOException {
    double megabytes =
        documents.stream().mapToLong(d -> d.text().getBytes(StandardCharsets.UTF_8).length).sum()
            / 1e6;
    System.out.printf("%d documents, %.1f MB%n", documents.size(), megabytes);
    TextNormaliser normaliser = new TextNormaliser(BuiltInRecipes.all().getLast().text());
    DocumentText text = new DocumentText();
    Measures measures = new Measures();
    LanguageDetection languages = new LanguageDetection();
    time("normalise", documents, megabytes, d -> normaliser.apply(d.text()));
    time("split words", documents, megabytes, d -> text.load(d.text()));
    time("split and measure", documents, megabytes, d -> measures.measure(text.load(d.text())));
    time("language", documents, megabytes, d -> languages.detect(d.text()));
    try (CleaningFixture fixture = new CleaningFixture(folder);
        ShardRuns runs =
            ShardRuns.create(
                fixture.store, "bench", DuplicateSpec.STANDARD, folder.resolve("s"), 64 << 20)) {
      byte[] hash = new byte[16];
      time(
          "duplicate keys",
          documents,
          megabytes,
          d -> {
            try {
              runs.add(0, d.text(), d.source(), hash);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    chain(documents, megabytes);
  }

  private static void time(
      String name, List<Document> documents, double megabytes, Consumer<Document> work) {
    double best = Double.MAX_VALUE;
    for (int run = 0; run < 2; run++) {
      long start = cpu();
      documents.forEach(work);
      best = Math.min(best, (cpu() - start) / 1e9);
    }
    System.out.printf("%-20s %6.1f MB/s%n", name, megabytes / best);
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private void chain(List<Document> documents, double megabytes) throws IOException {
    Recipe recipe = BuiltInRecipes.all().getLast();
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      ShardRef raw = fixture.shard(documents);
      long start = cpu();
      List<AnnotatedShard> shards = fixture.annotate(recipe, List.of(raw));
      double seconds = (cpu() - start) / 1e9;
      System.out.printf("%-20s %6.1f MB/s%n", "whole chain", megabytes / seconds);
      try (CorpusSidecars corpus = fixture.open(shards)) {
        System.out.println(fixture.findDuplicates(recipe, corpus, 1));
        start = System.nanoTime();
        try (Decisions decisions = Decisions.prepare(recipe, corpus, 0, ReviewDecisions.none())) {
          Counts counts = decisions.counts();
          System.out.printf(
              "decide %.0f ms: kept %d (held out %d)%n",
              (System.nanoTime() - start) / 1e6, counts.kept(), counts.heldOut());
          bySource(corpus, decisions);
        }
      }
    }
  }

  private static void bySource(CorpusSidecars corpus, Decisions decisions) throws IOException {
    String[] sources = corpus.shard(0).sources();
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    ShardDecision decision = decisions.decide(0);
    for (int i = 0; i < sources.length; i++) {
      String outcome =
          switch (decision.verdict(i)) {
            case Verdict.Kept _ -> "(kept)";
            case Verdict.Dropped dropped -> dropped.reason();
            case Verdict.Failed failed -> "(failed) " + failed.reason();
          };
      counts.computeIfAbsent(sources[i], _ -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
    }
    counts.forEach((source, reasons) -> System.out.println("  " + source + " " + reasons));
  }
}
