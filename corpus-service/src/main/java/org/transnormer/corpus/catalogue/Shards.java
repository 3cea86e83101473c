package org.transnormer.corpus.catalogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which shards a corpus has. */
public interface Shards {

  /**
   * Live ones, in order of their digests.
   *
   * @param source name of the only source wanted
   * @param from first digest wanted, itself included
   */
  List<CataloguedShard> list(
      String corpusId, @Nullable String source, @Nullable String from, int limit);

  /** Those whose sources can hold the id, live ones and later ones first. */
  List<CataloguedShard> holding(String documentId);

  /**
   * From now on a source consists of these shards; its former ones are kept for whoever refers to
   * them.
   */
  void replace(String corpusId, String sourceId, String ingestionId, List<CountedShard> shards);
}
