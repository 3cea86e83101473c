package org.transnormer.corpus.corpora;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All corpora. */
public interface Corpora {

  /**
   * @return false when the name is taken
   */
  boolean add(Corpus corpus);

  Optional<Corpus> find(String id);

  /** In order of creation. */
  List<Corpus> list(@Nullable String after, int limit);

  Map<String, CorpusCounts> counts(Collection<String> ids);

  /** What one corpus holds, by source, language and licence; the largest first. */
  Tallies tallies(String id);

  /** Documents by name. */
  record Tallies(List<Tally> bySource, List<Tally> byLanguage, List<Tally> byLicence) {}

  /** How many documents carry a name; the empty one stands for those that carry none. */
  record Tally(String name, long documents) {}

  /**
   * Replaces the corpus if it still has the version before.
   *
   * @return false when somebody else was faster
   */
  boolean replace(Corpus changed);

  boolean nameTaken(String name, String exceptId);

  /** Holds others off until the transaction ends; false when there is no such corpus. */
  boolean lock(String id);
}
