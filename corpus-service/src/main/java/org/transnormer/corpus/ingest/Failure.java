package org.transnormer.corpus.ingest;

import org.jspecify.annotations.Nullable;

/**
 * A file, or one document of it, that was not taken.
 *
 * @param document place in the file, counted from 0; null when it is about the file as a whole
 */
public record Failure(
    String source, String path, @Nullable Long document, Reason reason, String detail) {
  private static final int LONGEST_DETAIL = 500;

  public Failure {
    detail = detail.length() > LONGEST_DETAIL ? detail.substring(0, LONGEST_DETAIL) : detail;
  }
}
