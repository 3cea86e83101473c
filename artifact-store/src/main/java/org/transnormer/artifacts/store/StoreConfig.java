package org.transnormer.artifacts.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which store to open.
 *
 * @param uri {@code file:///folder} or {@code s3://bucket/prefix}
 * @param s3 needed for an S3 store only
 * @param cache local folder for verified copies of remote objects; unused by a local store
 */
public record StoreConfig(URI uri, Optional<S3Options> s3, Path cache) {

  /** A store in a local folder. */
  public static StoreConfig local(Path root) {
    return new StoreConfig(root.toAbsolutePath().toUri(), Optional.empty(), root);
  }
}
