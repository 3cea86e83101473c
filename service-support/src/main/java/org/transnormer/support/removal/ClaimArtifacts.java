package org.transnormer.support.removal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;

/**
 * Claims committed artefacts for rows that refer to them. An artefact that several things share, or
 * that is made again, may have lain in the store before, waiting for removal.
 */
public final class ClaimArtifacts {
  private final Garbage garbage;
  private final ObjectStore store;

  ClaimArtifacts(Garbage garbage, ObjectStore store) {
    this.garbage = garbage;
    this.store = store;
  }

  /**
   * Within the transaction that writes the rows.
   *
   * @throws UncheckedIOException when an artefact was removed meanwhile and has to be made again
   */
  public void claim(List<String> prefixes) {
    garbage.keep(prefixes);
    try {
      for (String prefix : prefixes) {
        Manifest.read(store, prefix);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
