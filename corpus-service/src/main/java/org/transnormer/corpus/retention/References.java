package org.transnormer.corpus.retention;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What depends on a corpus or on one of its sources. */
public interface References {

  /** What goes with it. Sizes in bytes. */
  record Extent(long sources, long ingestions, long shards, long documents, long bytes) {}

  /**
   * @param sourceId null for the whole corpus
   */
  Extent extent(String corpusId, @Nullable String sourceId);

  /**
   * Ids of snapshots that refer to its shards, or were made of the corpus; at most {@code limit}.
   */
  List<String> snapshots(String corpusId, @Nullable String sourceId, int limit);

  /** Removes the rows; returns the folders of the store that nothing names any more. */
  List<String> remove(String corpusId, @Nullable String sourceId);
}
