package org.transnormer.corpus.ingest.files;

import java.io.IOException;

/** A compressed file that grows beyond what is allowed. */
final class CompressionBomb extends IOException {
  private static final long serialVersionUID = 1L;

  CompressionBomb(String detail) {
    super(detail);
  }
}
