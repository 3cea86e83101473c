package org.transnormer.support.removal;

import java.util.Collection;
import java.util.Optional;

/** Folders of the store that nothing refers to any more, and when they go. */
public interface Garbage {

  /** Within the transaction that removes the last reference. */
  void discard(Collection<String> prefixes);

  /**
   * Something refers to these folders again: they stay. Within the transaction that writes the
   * reference, before it looks whether they are still there; holds off the removal until its end.
   */
  void keep(Collection<String> prefixes);

  /** A folder whose time has come; holds off {@link #keep} until the transaction ends. */
  Optional<String> due();

  void removed(String prefix);

  boolean contains(String prefix);
}
