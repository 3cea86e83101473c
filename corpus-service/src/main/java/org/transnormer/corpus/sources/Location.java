package org.transnormer.corpus.sources;

import java.nio.file.Path;

/** A place inside the configured roots. */
public sealed interface Location {

  /**
   * A local folder or file, free of links and dots.
   *
   * @param root the configured root around it
   */
  record Local(Path root, Path path) implements Location {}

  /**
   * Objects of an S3-compatible store.
   *
   * @param prefix empty, or ends with a slash
   */
  record Bucket(String bucket, String prefix) implements Location {}
}
