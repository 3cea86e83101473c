package org.transnormer.model.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws training samples from one token set, or from several in the proportion of their weights.
 * Sample number g is the same whatever the batch size and the number of ranks, and needs no memory
 * of the samples before it.
 */
public final class BatchSampler {

  private final List<Windows> sources;
  private final Mixture mixture;
  private final int length;

  /**
   * @param length T, tokens of a sample
   * @throws IllegalArgumentException if the set has not enough tokens for one sample
   */
  public BatchSampler(TokenSet tokenSet, int length, long seed) {
    this(List.of(tokenSet), List.of(1.0), length, seed);
  }

  /**
   * @param weights of the token sets, in their order
   * @throws IllegalArgumentException if a set has not enough tokens for one sample, or a weight is
   *     too small to be kept
   */
  public BatchSampler(List<TokenSet> tokenSets, List<Double> weights, int length, long seed) {
    if (tokenSets.isEmpty() || tokenSets.size() != weights.size()) {
      throw new IllegalArgumentException(
          "%d weights for %d token sets".formatted(weights.size(), tokenSets.size()));
    }
    this.sources = tokenSets.stream().map(set -> new Windows(set, length, seed)).toList();
    this.mixture = new Mixture(weights, seed);
    this.length = length;
  }

  /** Samples after which every set has been gone through at least once, by its share. */
  public long samplesPerEpoch() {
    return sources.stream().mapToLong(Windows::count).sum();
  }

  /** The next {@code sequences} samples. */
  public Batch batch(DataCursor cursor, int sequences) {
    return batch(cursor, sequences, 0, sequences);
  }

  /** The rows [from, to) of the same batch: one rank's share. */
  public Batch batch(DataCursor cursor, int sequences, int from, int to) {
    if (from < 0 || from > to || to > sequences) {
      throw new IllegalArgumentException("rows [%d, %d) of %d".formatted(from, to, sequences));
    }
    return Batch.read(to - from, length, row -> place(cursor.globalSample() + from + row));
  }

  private Batch.Place place(long globalSample) {
    Mixture.Sample sample = mixture.at(globalSample);
    return sources.get(sample.source()).place(sample.number());
  }

  /** Which documents a batch's inputs are from, row by row and in order. */
  public List<BatchDocument> documents(DataCursor cursor, int sequences) {
    List<BatchDocument> found = new ArrayList<>();
    for (int row = 0; row < sequences; row++) {
      Mixture.Sample sample = mixture.at(cursor.globalSample() + row);
      Windows source = sources.get(sample.source());
      long start = source.place(sample.number()).from();
      Tokens tokens = source.tokenSet().train();
      long end = start + length;
      long document = tokens.documentAt(start);
      for (long at = start; at < end; document++) {
        long until = Math.min(end, tokens.documentEnd(document));
        DocumentRef ref = tokens.document(document);
        String shard = source.tokenSet().header().shards().get(ref.shard());
        found.add(new BatchDocument(row, (int) (at - start), (int) (until - start), ref, shard));
        at = until;
      }
    }
    return found;
  }
}
