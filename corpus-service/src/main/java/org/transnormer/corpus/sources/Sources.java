package org.transnormer.corpus.sources;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All sources. */
public interface Sources {

  /**
   * @return false when the corpus has a source of that name
   */
  boolean add(Source source);

  Optional<Source> find(String id);

  /** Of one corpus, in order of creation. */
  List<Source> list(String corpusId, @Nullable String after, int limit);

  default List<Source> all(String corpusId) {
    return list(corpusId, null, Integer.MAX_VALUE);
  }
}
