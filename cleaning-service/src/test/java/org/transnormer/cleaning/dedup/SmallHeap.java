package org.transnormer.cleaning.dedup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.cleaning.decide.Counts;
import org.transnormer.cleaning.decide.Decisions;
import org.transnormer.cleaning.decide.ReviewDecisions;
import org.transnormer.cleaning.language.DetectedLanguage;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.rules.Measures;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.AttributeWriter;
import org.transnormer.cleaning.sidecar.Attributes;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.SidecarLayout;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/**
 * Searches a corpus for duplicates and decides on it, for a JVM whose heap is smaller than the
 * data. Every tenth document is the twin of the one before it. Prints what it found.
 */
public final class SmallHeap {
  static final int SHARDS = 10;
  static final int DOCUMENTS = 12_000;
  private static final long BUDGET = 2 << 20;
  private static final Recipe RECIPE =
      Recipe.parse("{\"format\":\"tnl/recipe/1\",\"name\":\"small\",\"rules\":[\"empty\"]}");

  private SmallHeap() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    try (ObjectStore store =
        ObjectStore.open(
            new StoreConfig(folder.resolve("store").toUri(), Optional.empty(), folder))) {
      SidecarLayout layout = new SidecarLayout("sidecars/small");
      Path scratch = folder.resolve("scratch");
      List<AnnotatedShard> shards = new ArrayList<>();
      for (int shard = 0; shard < SHARDS; shard++) {
        shards.add(annotate(store, layout, scratch, shard));
      }
      DuplicateSearch search =
          new DuplicateSearch(store, layout, RECIPE.duplicates(), scratch, BUDGET);
      try (CorpusSidecars corpus = CorpusSidecars.open(store, layout, shards)) {
        for (Likeness likeness : search.likenesses()) {
          for (int range = 0; range < 4; range++) {
            search.merge(likeness, range, 4, corpus);
          }
        }
        ClusterSummary summary = search.assign(4, corpus);
        try (Decisions decisions = Decisions.prepare(RECIPE, corpus, 0, ReviewDecisions.none())) {
          Counts counts = decisions.counts();
          System.out.printf(
              "%d %d %d %d%n",
              summary.exactClusters(),
              summary.nearClusters(),
              counts.kept(),
              store.list("").stream().mapToLong(ObjectInfo::size).sum());
        }
      }
    }
  }

  private static AnnotatedShard annotate(
      ObjectStore store, SidecarLayout layout, Path scratch, int number) throws IOException {
    String sha256 = Digests.sha256(ByteBuffer.allocate(4).putInt(number).array());
    ShardRef raw = new ShardRef("raw/" + sha256, sha256, DOCUMENTS, 1, 1);
    AnnotatedShard shard = new AnnotatedShard(raw, raw, 0);
    Random random = new Random(number);
    double[] values = new double[Measures.rules().size()];
    try (ShardRuns runs =
            ShardRuns.create(store, layout.runs(raw), RECIPE.duplicates(), scratch, BUDGET);
        AttributeWriter attributes =
            AttributeWriter.create(store, layout.attributes(raw), DOCUMENTS)) {
      String text = "";
      for (int ordinal = 0; ordinal < DOCUMENTS; ordinal++) {
        text = ordinal % 10 == 9 ? text : prose(random);
        byte[] id =
            HexFormat.of()
                .parseHex(
                    Digests.sha256((number + "/" + ordinal).getBytes(StandardCharsets.UTF_8))
                        .substring(0, 32));
        byte[] hash =
            Arrays.copyOf(Digests.newSha256().digest(text.getBytes(StandardCharsets.UTF_8)), 16);
        Arrays.setAll(values, _ -> random.nextDouble());
        values[0] = text.length();
        attributes.add(
            new Attributes(
                id, "source", text.length(), hash, new DetectedLanguage("en", 1), values, null));
        runs.add(ordinal, text, "source", hash);
      }
      runs.commit();
      attributes.commit(shard, RECIPE.annotationHash());
    }
    return shard;
  }

  private static String prose(Random random) {
    StringBuilder text = new StringBuilder();
    for (int word = 0; word < 8; word++) {
      text.append(' ');
      for (int i = 0; i < 8; i++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
    }
    return text.toString();
  }
}
