package org.transnormer.cleaning.annotate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.DocumentShardWriter;
import org.transnormer.artifacts.documents.IndexedDocument;
import org.transnormer.artifacts.documents.ShardLimits;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.dedup.ShardRuns;
import org.transnormer.cleaning.language.DetectedLanguage;
import org.transnormer.cleaning.language.LanguageDetection;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.rules.Measures;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.AttributeWriter;
import org.transnormer.cleaning.sidecar.Attributes;
import org.transnormer.cleaning.sidecar.SidecarLayout;
import org.transnormer.cleaning.text.DocumentText;
import org.transnormer.cleaning.text.TextNormaliser;

/**
 * One pass over a shard: normalises every text, measures it by every rule, names its language, and
 * collects the keys that find its duplicates. Thread-safe; each call works for itself.
 */
public final class Annotator {
  private static final Logger LOG = LoggerFactory.getLogger(Annotator.class);
  private static final int PROGRESS_EVERY = 64;

  private final Recipe recipe;
  private final ObjectStore store;
  private final SidecarLayout layout;
  private final Path scratch;
  private final LanguageDetection languages;
  private final long budget;

  /**
   * @param budget bytes of heap for sorting one shard's keys
   */
  public Annotator(
      Recipe recipe,
      ObjectStore store,
      SidecarLayout layout,
      Path scratch,
      LanguageDetection languages,
      long budget) {
    this.recipe = recipe;
    this.store = store;
    this.layout = layout;
    this.scratch = scratch;
    this.languages = languages;
    this.budget = budget;
  }

  /**
   * Annotates a shard, or returns what was done before with the same result.
   *
   * @param normalisedRoot where shards of normalised text lie, by their digests
   */
  public AnnotatedShard annotate(ShardRef raw, String normalisedRoot, Progress progress)
      throws IOException {
    Optional<AnnotatedShard> done = done(raw);
    if (done.isPresent()) {
      return done.get();
    }
    try (DocumentShardReader reader = DocumentShardReader.open(store, raw);
        DocumentShardWriter text =
            DocumentShardWriter.create(store, scratch, ShardLimits.standard());
        ShardRuns runs =
            ShardRuns.create(store, layout.runs(raw), recipe.duplicates(), scratch, budget);
        AttributeWriter attributes =
            AttributeWriter.create(store, layout.attributes(raw), raw.documents())) {
      Pass pass = new Pass(text, runs, attributes, progress);
      Iterator<IndexedDocument> documents = reader.documents().iterator();
      while (documents.hasNext()) {
        pass.take(documents.next());
      }
      pass.report();
      ShardRef normalised = text.commit(normalisedRoot);
      FailPoints.hit("annotate.afterText");
      runs.commit();
      FailPoints.hit("annotate.afterRuns");
      AnnotatedShard shard = new AnnotatedShard(raw, normalised, pass.failed);
      attributes.commit(shard, recipe.annotationHash());
      return shard;
    } catch (UncheckedIOException e) {
      throw new IOException("annotating shard " + raw.prefix(), e.getCause());
    }
  }

  private Optional<AnnotatedShard> done(ShardRef raw) throws IOException {
    try {
      Optional<AnnotatedShard> found =
          AnnotatedShard.find(store, layout, raw, recipe.annotationHash());
      if (found.isPresent()) {
        ShardRef.read(store, found.get().text().prefix()); // shared, so it may have been removed
      }
      return found;
    } catch (NoSuchObjectException _) {
      return Optional.empty();
    }
  }

  /** The state of one call. */
  private final class Pass {
    private final DocumentShardWriter text;
    private final ShardRuns runs;
    private final AttributeWriter attributes;
    private final Progress progress;
    private final TextNormaliser normaliser = new TextNormaliser(recipe.text());
    private final DocumentText view = new DocumentText();
    private final Measures measures = new Measures();
    private final double[] nothing = new double[Measures.rules().size()];
    private long failed;
    private long documents;
    private long bytes;

    Pass(DocumentShardWriter text, ShardRuns runs, AttributeWriter attributes, Progress progress) {
      this.text = text;
      this.runs = runs;
      this.attributes = attributes;
      this.progress = progress;
      Arrays.fill(nothing, Double.NaN);
    }

    void take(IndexedDocument indexed) throws IOException {
      Document raw = indexed.document();
      Document document = normalised(raw);
      try {
        text.add(document);
      } catch (IllegalArgumentException _) {
        // Composition can lengthen a text beyond what a shard takes; the raw one fitted.
        document = raw;
        text.add(raw);
      }
      int ordinal = Math.toIntExact(indexed.ordinal());
      byte[] utf8 = document.text().getBytes(StandardCharsets.UTF_8);
      byte[] hash = Arrays.copyOf(Digests.newSha256().digest(utf8), 16);
      attributes.add(measure(document, hash));
      runs.add(ordinal, document.text(), document.source(), hash);
      documents++;
      bytes += utf8.length;
      if (documents == PROGRESS_EVERY) {
        report();
      }
    }

    void report() {
      progress.advanced(documents, bytes);
      documents = 0;
      bytes = 0;
    }

    /** Keeps the metadata, so that a shard whose texts are clean already keeps its digest. */
    private Document normalised(Document raw) {
      String clean = normaliser.apply(raw.text());
      return clean.equals(raw.text()) ? raw : raw.withText(clean);
    }

    private Attributes measure(Document document, byte[] hash) {
      byte[] id = HexFormat.of().parseHex(document.id());
      try {
        view.load(document.text());
        return new Attributes(
            id,
            document.source(),
            view.length(),
            hash,
            languages.detect(document.text()),
            measures.measure(view),
            null);
      } catch (RuntimeException e) {
        LOG.warn("document {} cannot be measured", document.id(), e);
        failed++;
        String reason = e.getClass().getSimpleName();
        return new Attributes(
            id, document.source(), 0, hash, DetectedLanguage.UNKNOWN, nothing, reason);
      }
    }
  }
}
