package org.transnormer.support.removal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Set;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectStore;

/** The folders of the store that rows of a service refer to. */
public interface Folders {

  /** Those at or below the given one. */
  Set<String> referredTo(String prefix);

  /** An object of the folder is no more. */
  default void removed(String folder) {}

  /** Size of everything in the folders. */
  static long bytes(ObjectStore store, Collection<String> folders) {
    long bytes = 0;
    try {
      for (String folder : folders) {
        bytes += store.list(folder).stream().mapToLong(ObjectInfo::size).sum();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }
}
