package org.transnormer.corpus.corpora;

/** What a corpus holds now. Sizes in bytes: {@code bytes} compressed, {@code textBytes} of text. */
public record CorpusCounts(long sources, long documents, long shards, long bytes, long textBytes) {
  public static final CorpusCounts NONE = new CorpusCounts(0, 0, 0, 0, 0);
}
