package org.transnormer.model.lm;

/**
 * What a model to train is laid out for.
 *
 * @param sequences largest number of sequences of a batch
 * @param length largest length of a sequence
 * @param recompute whether a layer keeps only its input, and its activations are computed again on
 *     the way back; the numbers are the same, memory falls, and a step takes about a third longer
 * @param continued whether sequences come from other ranks or go on there
 */
public record TrainingShape(int sequences, int length, boolean recompute, boolean continued) {

  public TrainingShape {
    if (sequences < 1 || length < 1) {
      throw new IllegalArgumentException("%d sequences of %d".formatted(sequences, length));
    }
  }

  /** Of sequences that begin and end here. */
  public TrainingShape(int sequences, int length, boolean recompute) {
    this(sequences, length, recompute, false);
  }

  public static TrainingShape of(int sequences, int length) {
    return new TrainingShape(sequences, length, false);
  }
}
