package org.transnormer.trainer.runs.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.model.data.BatchSampler;
import org.transnormer.model.data.DataCursor;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.trainer.runs.BatchDocuments;
import org.transnormer.trainer.runs.TrainingRun;

/** {@link BatchDocuments} by drawing the batch again: it follows from the seed and the step. */
public final class StoredBatchDocuments implements BatchDocuments {

  private final ObjectStore store;

  public StoredBatchDocuments(ObjectStore store) {
    this.store = store;
  }

  @Override
  public List<Stretch> of(TrainingRun run, long step) throws IOException {
    String prefix = run.spec().data().tokenSetPrefix();
    Path folder = Manifest.read(store, prefix).fetch(store, prefix);
    BatchSpec batch = run.spec().training().batch();
    try (TokenSet tokens = TokenSet.open(folder)) {
      BatchSampler sampler =
          new BatchSampler(tokens, batch.sequenceLength(), run.spec().training().seed());
      DataCursor cursor =
          DataCursor.START.advance(Math.multiplyExact(step - 1, (long) batch.sequences()));
      return sampler.documents(cursor, batch.sequences()).stream()
          .map(part ->
              new Stretch(
                  part.row(),
                  part.from(),
                  part.to(),
                  part.document().id(),
                  part.shard(),
                  part.document().ordinal()))
          .toList();
    }
  }
}
