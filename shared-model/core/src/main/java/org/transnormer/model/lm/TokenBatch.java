package org.transnormer.model.lm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

  /** Targets that count. */
  public long counting() {
    return BatchLoss.counting(targets);
  }
}
