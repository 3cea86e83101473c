package org.transnormer.corpus.ingest;

/**
 * What one file may cost, whatever it contains. Sizes in bytes.
 *
 * @param file size in the source, as it lies there
 * @param expanded size after decompression
 * @param ratio expanded size over stored size, judged once {@link #RATIO_FROM} bytes came out
 * @param line one JSON line, or one record of a JSON array
 * @param document text of one document
 * @param markup one HTML page
 * @param mail one mail
 * @param jsonDepth nesting of objects and arrays
 * @param mimeDepth nesting of multiparts
 * @param mimeParts parts of one mail, all levels together
 * @param metadata names and values of one document together, in characters
 */
public record ReadLimits(
    long file,
    long expanded,
    int ratio,
    int line,
    int document,
    int markup,
    int mail,
    int jsonDepth,
    int mimeDepth,
    int mimeParts,
    int metadata) {

  /** Small files may be compressed to nearly nothing without harm. */
  public static final long RATIO_FROM = 4L << 20;

  public static final ReadLimits DEFAULTS =
      new ReadLimits(
          256L << 30,
          256L << 30,
          200,
          16 << 20,
          16 << 20,
          16 << 20,
          32 << 20,
          64,
          20,
          1_000,
          16_384);
}
