package org.transnormer.model.data;

/**
 * One part of a split: a file of tokens with its tables of documents.
 *
 * @param number counts from 0 within its split; the order of the parts is the order of the tokens
 * @param textBytes UTF-8 bytes of the documents' texts
 */
public record TokenPart(Split split, int number, long tokens, long documents, long textBytes) {

  /** Little-endian tokens, u16 or u32. */
  public String tokensFile() {
    return file("bin");
  }

  /** Per document a u64: the number of tokens of the part up to its end. */
  public String endsFile() {
    return file("idx");
  }

  /** Per document 16 bytes of id, u32 shard index, u32 ordinal. */
  public String documentsFile() {
    return file("docs");
  }

  private String file(String suffix) {
    return "%s-%05d.%s".formatted(split.label(), number, suffix);
  }
}
