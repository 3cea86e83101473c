package org.transnormer.model.data;

/**
 * The training tokens of one set cut into windows of T; every epoch goes once through all windows
 * in an order of its own and cuts at a place of its own. Sample number n needs no memory of the
 * samples before it.
 */
final class Windows {

  private final TokenSet tokenSet;
  private final int length;
  private final long seed;
  private final long windows;

  /**
   * @param length T
   * @throws IllegalArgumentException if the set has not enough tokens for one window
   */
  Windows(TokenSet tokenSet, int length, long seed) {
    this.tokenSet = tokenSet;
    this.length = length;
    this.seed = seed;
    long size = tokenSet.train().size();
    if (length < 1 || size < length + 1L) {
      throw new IllegalArgumentException(
          "a sequence length of %d needs %d training tokens, the token set has %d"
              .formatted(length, length + 1L, size));
    }
    // One window less than would fit, so that each epoch can shift its cuts by up to T - 1.
    this.windows = Math.max(1, (size - length) / length);
  }

  TokenSet tokenSet() {
    return tokenSet;
  }

  /** Windows of one epoch. */
  long count() {
    return windows;
  }

  /** Where sample {@code n} of this set lies. */
  Batch.Place place(long n) {
    long epoch = n / windows;
    long key = Permutation.mix(seed) ^ Permutation.mix(epoch + 0x632BE59BD9B4E019L);
    long shifts = Math.min(length, tokenSet.train().size() - windows * length);
    long shift = Long.remainderUnsigned(Permutation.mix(key + 1), shifts);
    long from = shift + new Permutation(windows, key).at(n % windows) * length;
    return new Batch.Place(tokenSet.train(), from);
  }
}
