package org.transnormer.cleaning.rounds;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.IndexedDocument;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.ScoreWriter;
import org.transnormer.cleaning.sidecar.SidecarLayout;
import org.transnormer.cleaning.work.Progress;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.tokenizer.Tokenizer;

/**
 * Scores the kept documents of a shard. Several threads take documents one by one, each with a
 * model of its own; which of them takes which makes no difference to the scores.
 */
public final class ScoreShard {

  private static final Logger LOG = LoggerFactory.getLogger(ScoreShard.class);
  private static final int REPORT_EVERY = 16;

  private final ObjectStore store;
  private final SidecarLayout layout;
  private final int threads;

  public ScoreShard(ObjectStore store, SidecarLayout layout, int threads) {
    this.store = store;
    this.layout = layout;
    this.threads = threads;
  }

  /** How many documents got a score. */
  public record Scored(long scored, long unscored) {}

  /**
   * @param kept ordinals to score
   * @param window tokens of a document, from its start; 0 for all
   * @param progress counts documents
   */
  public Scored score(
      AnnotatedShard shard,
      RoaringBitmap kept,
      int round,
      EvaluationTrainings.Checkpoint checkpoint,
      int window,
      Progress progress)
      throws IOException {
    Path folder = Manifest.read(store, checkpoint.prefix()).fetch(store, checkpoint.prefix());
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    try (ScoreWriter writer = ScoreWriter.create(store, layout, round, shard, checkpoint.digest());
        DocumentShardReader reader = DocumentShardReader.open(store, shard.text());
        Stream<IndexedDocument> documents = reader.documents()) {
      Call call = new Call(writer, kept, documents.iterator(), progress);
      call.run(folder, tokenizer, window, Math.clamp(kept.getLongCardinality(), 1, threads));
      Scored scored = new Scored(call.scored, call.unscored);
      writer.commit();
      return scored;
    }
  }

  /** The state of one call, shared by its threads. */
  private static final class Call {
    private final ScoreWriter writer;
    private final RoaringBitmap kept;
    private final Iterator<IndexedDocument> documents;
    private final Progress progress;
    private long scored;
    private long unscored;
    private long unreported;
    private boolean broken;

    Call(
        ScoreWriter writer,
        RoaringBitmap kept,
        Iterator<IndexedDocument> documents,
        Progress progress) {
      this.writer = writer;
      this.kept = kept;
      this.documents = documents;
      this.progress = progress;
    }

    void run(Path checkpoint, Tokenizer tokenizer, int window, int threads) throws IOException {
      try (ExecutorService pool =
          Executors.newFixedThreadPool(threads, Thread.ofPlatform().name("score-", 0).factory())) {
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          workers.add(
              pool.submit(() -> {
                work(checkpoint, tokenizer, window);
                return null;
              }));
        }
        for (Future<?> worker : workers) {
          await(worker);
        }
      }
      progress.advanced(unreported);
    }

    private void await(Future<?> worker) throws IOException {
      try {
        worker.get();
      } catch (InterruptedException e) {
        breakOff();
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while scoring", e);
      } catch (ExecutionException e) {
        breakOff();
        switch (e.getCause()) {
          case IOException failure -> throw failure;
          case RuntimeException failure -> throw failure;
          case null, default -> throw new IOException("scoring failed", e.getCause());
        }
      }
    }

    private synchronized void breakOff() {
      broken = true;
    }

    private void work(Path checkpoint, Tokenizer tokenizer, int window) throws IOException {
      try (CausalLm model = CausalLm.load(checkpoint, LoadOptions.threads(1))) {
        DocumentScorer scorer = new DocumentScorer(model, tokenizer, window);
        IndexedDocument next = next();
        while (next != null) {
          record((int) next.ordinal(), score(scorer, next));
          next = next();
        }
      }
    }

    private static DocumentScorer.@Nullable Score score(
        DocumentScorer scorer, IndexedDocument document) {
      try {
        return scorer.score(document.document().text());
      } catch (RuntimeException e) {
        LOG.warn("document {} cannot be scored", document.document().id(), e);
        return null;
      }
    }

    private synchronized @Nullable IndexedDocument next() {
      while (!broken && documents.hasNext()) {
        IndexedDocument document = documents.next();
        if (kept.contains((int) document.ordinal())) {
          return document;
        }
      }
      return null;
    }

    private synchronized void record(int ordinal, DocumentScorer.@Nullable Score score) {
      if (score == null) {
        unscored++;
        writer.unscored(ordinal, "the model failed on it");
      } else if (score.tokens() == 0) {
        unscored++;
        writer.unscored(ordinal, "the text has no tokens");
      } else {
        // Also for a likelihood that is no number: the writer notes it as unscored.
        boolean finite = Double.isFinite(score.nats());
        scored += finite ? 1 : 0;
        unscored += finite ? 0 : 1;
        writer.scored(ordinal, score.nats(), score.tokens());
      }
      if (++unreported == REPORT_EVERY) {
        progress.advanced(unreported);
        unreported = 0;
      }
    }
  }
}
