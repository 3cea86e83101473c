package org.transnormer.cleaning.tokensets;

import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.work.Work;

/**
 * A snapshot as tokens.
 *
 * @param tokenizerId the resource that was asked for
 * @param result once it is committed
 */
public record TokenSetRecord(
    Work work,
    String snapshotId,
    String tokenizerId,
    String tokenizerSha256,
    String prefix,
    @Nullable Result result) {

  public String id() {
    return work.id();
  }

  /**
   * @param digest of the manifest
   * @param unigramEntropyNats of the train tokens
   * @param kneserNeyBigramNats held-out loss of an interpolated Kneser-Ney bigram; absent if there
   *     are no held-out tokens
   */
  public record Result(
      String digest,
      int vocabSize,
      Counts train,
      Counts heldout,
      double unigramEntropyNats,
      @Nullable Double unigramHeldoutNats,
      @Nullable Double kneserNeyBigramNats) {}

  public record Counts(long tokens, long documents, long bytes) {}
}
