package org.transnormer.corpus.garbage;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Folders of the store that nothing refers to any more, and when they go. */
public interface Garbage {

  /** Within the transaction that removes the last reference. */
  void discard(Collection<String> prefixes);

  /**
   * Something refers to these folders again: they stay. Within the transaction that writes the
   * reference; holds off the removal until its end.
   */
  void keep(Collection<String> prefixes);

  /** A folder whose time has come; holds off {@link #keep} until the transaction ends. */
  Optional<String> due();

  /** Folders at or below the given one that a snapshot refers to. */
  Set<String> referredTo(String prefix);

  void removed(String prefix);

  /** All that waits, by name. */
  List<String> list();
}
