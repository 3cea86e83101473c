package org.transnormer.corpus.sources;

import java.util.Collection;
import java.util.List;
import java.util.Map;
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

  /** What lies in the shards of the sources, by id. */
  Map<String, SourceCounts> counts(Collection<String> ids);

  default List<Source> all(String corpusId) {
    return list(corpusId, null, Integer.MAX_VALUE);
  }
}
