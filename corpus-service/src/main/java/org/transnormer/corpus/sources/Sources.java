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
  Map<String, Counts> counts(Collection<String> ids);

  /** Sizes in bytes: {@code bytes} compressed, {@code textBytes} of text. */
  record Counts(long documents, long shards, long bytes, long textBytes) {
    public static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  default List<Source> all(String corpusId) {
    return list(corpusId, null, Integer.MAX_VALUE);
  }
}
