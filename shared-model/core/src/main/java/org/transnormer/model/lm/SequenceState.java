package org.transnormer.model.lm;

import java.util.Map;

/**
 * All that a model remembers of one sequence. Its content is the family's own; its size is fixed at
 * creation by {@link CausalLm#stateBytes}.
 */
public interface SequenceState extends AutoCloseable {

  /** Tokens read so far. */
  long position();

  long bytes();

  /** Becomes a copy of another state of the same model. */
  void copyFrom(SequenceState other);

  /**
   * Copies of what the state holds, by the names of reference files: {@code 0}, {@code 1}, ... for
   * the recurrent state of each layer.
   */
  Map<String, float[]> numbers();

  /** Back to position 0 with nothing read. */
  void reset();

  @Override
  void close();
}
