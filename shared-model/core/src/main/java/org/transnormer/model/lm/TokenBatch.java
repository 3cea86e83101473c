package org.transnormer.model.lm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Attention;

/**
 * Sequences of equal length with what follows each token.
 *
 * @param inputs sequences x length tokens
 * @param targets the token that follows each, or {@link org.transnormer.model.backend.Loss#IGNORE},
 *     which masks a loss
 * @param starts per token, the position in its sequence at which its document begins; documents
 *     then see nothing of each other. Null where a sequence is one document
 */
public record TokenBatch(
    int[] inputs, int[] targets, int sequences, int length, int @Nullable [] starts) {

  public TokenBatch {
    int tokens = Math.multiplyExact(sequences, length);
    if (sequences < 1
        || length < 1
        || inputs.length != tokens
        || targets.length != tokens
        || starts != null && starts.length != tokens) {
      throw new IllegalArgumentException(
          "%d inputs and %d targets for %d x %d"
              .formatted(inputs.length, targets.length, sequences, length));
    }
  }

  /** Sequences of one document each. */
  public static TokenBatch of(int[] inputs, int[] targets, int sequences, int length) {
    return new TokenBatch(inputs, targets, sequences, length, null);
  }

  /** Sequences that several documents may share. */
  public static TokenBatch packed(
      int[] inputs, int[] targets, int sequences, int length, int @Nullable [] starts) {
    return new TokenBatch(inputs, targets, sequences, length, starts);
  }

  /** Sequences [from, to). */
  public TokenBatch rows(int from, int to) {
    if (from == 0 && to == sequences) {
      return this;
    }
    int begin = from * length;
    int end = to * length;
    return new TokenBatch(
        Arrays.copyOfRange(inputs, begin, end),
        Arrays.copyOfRange(targets, begin, end),
        to - from,
        length,
        starts == null ? null : Arrays.copyOfRange(starts, begin, end));
  }

  /**
   * Positions [from, to) of every sequence, as a rank has them that goes on from another's state; a
   * document that began before them {@link org.transnormer.model.backend.Attention#CONTINUES}.
   */
  public TokenBatch positions(int from, int to) {
    if (from == 0 && to == length) {
      return this;
    }
    int share = to - from;
    int[] someInputs = new int[sequences * share];
    int[] someTargets = new int[sequences * share];
    int[] someStarts = starts == null ? null : new int[sequences * share];
    for (int row = 0; row < sequences; row++) {
      System.arraycopy(inputs, row * length + from, someInputs, row * share, share);
      System.arraycopy(targets, row * length + from, someTargets, row * share, share);
      for (int i = 0; starts != null && someStarts != null && i < share; i++) {
        int start = starts[row * length + from + i];
        someStarts[row * share + i] = start >= from ? start - from : Attention.CONTINUES;
      }
    }
    return new TokenBatch(someInputs, someTargets, sequences, share, someStarts);
  }

  /** Targets that count. */
  public long counting() {
    return BatchLoss.counting(targets);
  }
}
