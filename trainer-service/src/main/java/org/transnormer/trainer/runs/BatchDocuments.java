package org.transnormer.trainer.runs;

import java.io.IOException;
import java.util.List;

/** Finds the documents behind a step. */
public interface BatchDocuments {

  /**
   * A stretch of one of the batch's sequences.
   *
   * @param sequence within the batch
   * @param from first token of the sequence
   * @param to after the last one
   * @param shard SHA-256 of the document's shard
   * @param ordinal of the document in its shard
   */
  record Stretch(int sequence, int from, int to, String documentId, String shard, long ordinal) {}

  /**
   * In the order of the batch.
   *
   * @param step the first is 1
   */
  List<Stretch> of(TrainingRun run, long step) throws IOException;
}
