package org.transnormer.corpus.sources;

/**
 * What was read of a source. Sizes in bytes: {@code bytes} compressed, {@code textBytes} of text.
 */
public record SourceCounts(long documents, long shards, long bytes, long textBytes) {
  public static final SourceCounts NONE = new SourceCounts(0, 0, 0, 0);
}
