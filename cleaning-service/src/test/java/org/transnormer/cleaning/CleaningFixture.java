package org.transnormer.cleaning;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardWriter;
import org.transnormer.artifacts.documents.ShardLimits;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.cleaning.annotate.Annotator;
import org.transnormer.cleaning.annotate.Progress;
import org.transnormer.cleaning.dedup.ClusterSummary;
import org.transnormer.cleaning.dedup.DuplicateSearch;
import org.transnormer.cleaning.language.LanguageDetection;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.SidecarLayout;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/** Drives the core over a local store the way a cleaning run does. */
public final class CleaningFixture implements AutoCloseable {
  private static final LanguageDetection LANGUAGES = new LanguageDetection();

  public final ObjectStore store;
  public final SidecarLayout layout = new SidecarLayout("sidecars/test");
  private final Path scratch;
  public long budget = 8 << 20;

  public CleaningFixture(Path folder) throws IOException {
    store =
        ObjectStore.open(
            new StoreConfig(
                folder.resolve("store").toUri(), Optional.empty(), folder.resolve("cache")));
    scratch = folder.resolve("scratch");
  }

  /** An id made of the name. */
  public static String id(String name) {
    return Digests.sha256(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)).substring(0, 32);
  }

  public static Document document(String name, String text) {
    return new Document(id(name), text, "test", Map.of());
  }

  public ShardRef shard(List<Document> documents) throws IOException {
    try (DocumentShardWriter writer =
        DocumentShardWriter.create(store, scratch, ShardLimits.standard())) {
      for (Document document : documents) {
        writer.add(document);
      }
      return writer.commit("corpora/test/shards");
    }
  }

  public List<AnnotatedShard> annotate(Recipe recipe, List<ShardRef> shards) throws IOException {
    Annotator annotator = new Annotator(recipe, store, layout, scratch, LANGUAGES, budget);
    List<AnnotatedShard> annotated = new ArrayList<>();
    for (ShardRef shard : shards) {
      annotated.add(annotator.annotate(shard, "corpora/test/normalised", Progress.NONE));
    }
    return annotated;
  }

  public CorpusSidecars open(List<AnnotatedShard> shards) {
    return CorpusSidecars.open(store, layout, shards);
  }

  public ClusterSummary findDuplicates(Recipe recipe, CorpusSidecars corpus, int ranges)
      throws IOException {
    DuplicateSearch search =
        new DuplicateSearch(store, layout, recipe.duplicates(), scratch, budget);
    for (Likeness likeness : search.likenesses()) {
      for (int range = 0; range < ranges; range++) {
        search.merge(likeness, range, ranges, corpus);
      }
    }
    return search.assign(ranges, corpus);
  }

  public static String hex(byte[] ids, int ordinal) {
    return HexFormat.of().formatHex(ids, ordinal * 16, ordinal * 16 + 16);
  }

  @Override
  public void close() {
    store.close();
  }
}
