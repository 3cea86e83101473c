package org.transnormer.cleaning.tokenizers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.IndexedDocument;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.work.Progress;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.model.tokenizer.TokenizerJson;

/**
 * Learns a byte-level BPE from the train split. Held-out text is never looked at. The result
 * depends on the documents alone, not on their order.
 */
public final class TrainTokenizer {

  private static final int CHUNK = 256;

  private final ObjectStore store;
  private final int threads;

  public TrainTokenizer(ObjectStore store, int threads) {
    this.store = store;
    this.threads = threads;
  }

  /**
   * @param progress counts documents looked at
   */
  public TokenizerJson train(
      List<SnapshotShard> shards, TextSample sample, int vocabSize, Progress progress)
      throws IOException {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    for (SnapshotShard shard : shards) {
      count(trainer, shard, sample, progress);
    }
    return trainer.train(vocabSize);
  }

  private void count(
      ByteLevelBpeTrainer trainer, SnapshotShard shard, TextSample sample, Progress progress)
      throws IOException {
    List<String> texts = new ArrayList<>(CHUNK);
    long seen = 0;
    try (DocumentShardReader reader = DocumentShardReader.open(store, shard.shard());
        Stream<IndexedDocument> documents = reader.documents()) {
      for (var each = documents.iterator(); each.hasNext(); ) {
        IndexedDocument document = each.next();
        if (shard.train().contains((int) document.ordinal())) {
          seen++;
          if (sample.takes(document.document().id())) {
            texts.add(document.document().text());
          }
        }
        if (texts.size() == CHUNK || !each.hasNext()) {
          trainer.addAll(texts.iterator(), threads);
          texts.clear();
          progress.advanced(seen);
          seen = 0;
        }
      }
    }
  }
}
