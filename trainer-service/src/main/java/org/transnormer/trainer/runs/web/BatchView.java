package org.transnormer.trainer.runs.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.trainer.runs.BatchDocuments.Stretch;

/**
 * What a step was trained on.
 *
 * @param documents in the order in which they first appear
 */
record BatchView(long step, List<DocumentView> documents) {

  /**
   * @param ordinal of the document in its shard
   * @param tokens that the batch takes from it
   */
  record DocumentView(
      String id, String shard, long ordinal, int tokens, List<StretchView> stretches) {}

  /** Tokens [from, to) of a sequence of the batch. */
  record StretchView(int sequence, int from, int to) {}

  static BatchView of(long step, List<Stretch> stretches) {
    Map<String, List<Stretch>> byDocument = new LinkedHashMap<>();
    stretches.forEach(
        each -> byDocument.computeIfAbsent(each.documentId(), _ -> new ArrayList<>()).add(each));
    return new BatchView(step, byDocument.values().stream().map(BatchView::document).toList());
  }

  private static DocumentView document(List<Stretch> stretches) {
    Stretch first = stretches.getFirst();
    return new DocumentView(
        first.documentId(),
        first.shard(),
        first.ordinal(),
        stretches.stream().mapToInt(each -> each.to() - each.from()).sum(),
        stretches.stream()
            .map(each -> new StretchView(each.sequence(), each.from(), each.to()))
            .toList());
  }
}
