package org.transnormer.standalone.platform;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the platform lives and what it may read.
 *
 * @param data folder that survives restarts: databases, broker log, object store, keys, logs
 * @param port the door's port; 0 takes a free one
 * @param roots folders whose files may be ingested
 * @param workerThreads threads of a training worker; 0 takes the machine's
 * @param store where every artefact lies; by default in the data folder
 */
public record PlatformOptions(
    Path data, int port, List<Path> roots, int workerThreads, Optional<URI> store) {

  public PlatformOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be in [0, 65535], was " + port);
    }
    roots = List.copyOf(roots);
  }

  URI storeUri() {
    return store.orElseGet(() -> data.resolve("store").toUri());
  }
}
