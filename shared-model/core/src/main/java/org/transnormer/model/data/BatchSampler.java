package org.transnormer.model.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws training samples. The tokens are cut into windows of T; every epoch goes once through all
 * windows in an order of its own and cuts at a place of its own. Sample number g is the same
 * whatever the batch size and the number of ranks, and needs no memory of the samples before it.
 */
public final class BatchSampler {

  private final TokenSet tokenSet;
  private final Tokens tokens;
  private final int length;
  private final long seed;
  private final long windows;

  /**
   * @param length T, tokens of a sample
   * @throws IllegalArgumentException if the set has not enough tokens for one sample
   */
  public BatchSampler(TokenSet tokenSet, int length, long seed) {
    this.tokenSet = tokenSet;
    this.tokens = tokenSet.train();
    this.length = length;
    this.seed = seed;
    if (length < 1 || tokens.size() < length + 1L) {
      throw new IllegalArgumentException(
          "a sequence length of %d needs %d training tokens, the token set has %d"
              .formatted(length, length + 1L, tokens.size()));
    }
    // One window less than would fit, so that each epoch can shift its cuts by up to T - 1.
    this.windows = Math.max(1, (tokens.size() - length) / length);
  }

  /** Samples of one epoch. */
  public long samplesPerEpoch() {
    return windows;
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
    int rows = to - from;
    int[] inputs = new int[Math.multiplyExact(rows, length)];
    int[] targets = new int[inputs.length];
    int[] window = new int[length + 1];
    for (int row = 0; row < rows; row++) {
      tokens.read(start(cursor.globalSample() + from + row), window, 0, length + 1);
      System.arraycopy(window, 0, inputs, row * length, length);
      System.arraycopy(window, 1, targets, row * length, length);
    }
    return new Batch(rows, length, inputs, targets);
  }

  /** Which documents a batch's inputs are from, row by row and in order. */
  public List<BatchDocument> documents(DataCursor cursor, int sequences) {
    List<BatchDocument> found = new ArrayList<>();
    for (int row = 0; row < sequences; row++) {
      long start = start(cursor.globalSample() + row);
      long end = start + length;
      long document = tokens.documentAt(start);
      for (long at = start; at < end; document++) {
        long until = Math.min(end, tokens.documentEnd(document));
        DocumentRef ref = tokens.document(document);
        found.add(
            new BatchDocument(
                row,
                (int) (at - start),
                (int) (until - start),
                ref,
                tokenSet.header().shards().get(ref.shard())));
        at = until;
      }
    }
    return found;
  }

  /** First token of a sample. */
  private long start(long globalSample) {
    long epoch = globalSample / windows;
    long key = Permutation.mix(seed) ^ Permutation.mix(epoch + 0x632BE59BD9B4E019L);
    long shifts = Math.min(length, tokens.size() - windows * length);
    long shift = Long.remainderUnsigned(Permutation.mix(key + 1), shifts);
    return shift + new Permutation(windows, key).at(globalSample % windows) * length;
  }
}
