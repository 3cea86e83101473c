package org.transnormer.model.lm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.tensor.ElementType;

/**
 * One loaded model, ready to continue and to score texts. Safe for one caller at a time; its
 * threads are its own.
 *
 * <p>Decoding is batch-invariant: row i of {@link #decode} has the same bits whatever else is in
 * the batch. {@link #prefill} works on one sequence, so its bits depend on where the prompt is cut,
 * never on other sequences.
 */
public interface CausalLm extends AutoCloseable {

  ModelConfig config();

  /** What computes, for reports. */
  String device();

  /** What the matrices are kept as. */
  ElementType weights();

  /** Bytes of one {@link SequenceState}. */
  long stateBytes();

  /** A state at position 0 with nothing read. */
  SequenceState newState();

  /**
   * Reads {@code tokens[from, to)} on from where the state stands.
   *
   * @param last row 0 is overwritten with the logits after the last token
   */
  void prefill(SequenceState state, int[] tokens, int from, int to, Logits last);

  /**
   * {@link #prefill} with the logits of every position.
   *
   * @param every row i is overwritten with the logits after {@code tokens[from + i]}
   */
  void prefillAll(SequenceState state, int[] tokens, int from, int to, Logits every);

  /**
   * One token for each of a batch of distinct states.
   *
   * @param tokens the token that each state reads
   * @param out row i is overwritten with the logits of state i
   */
  void decode(List<SequenceState> states, int[] tokens, Logits out);

  /**
   * {@link #decode(List, int[], Logits)} that also chooses: on the device where it can, so that the
   * logits need not be brought here.
   *
   * @param rules as many as states
   * @param next as many, overwritten with the tokens that follow
   * @throws ArithmeticException when logits are no numbers
   */
  void decode(List<SequenceState> states, int[] tokens, List<Rule> rules, int[] next);

  /**
   * Nats of {@code tokens[i + 1]} given {@code tokens[0..i]}, length n - 1. Depends on nothing but
   * the tokens and the model.
   */
  default double[] negativeLogLikelihood(int[] tokens) {
    if (tokens.length < 2) {
      return new double[0];
    }
    try (SequenceState state = newState()) {
      return negativeLogLikelihood(state, tokens, 0, tokens.length - 1);
    }
  }

  /**
   * Reads {@code tokens[from, to)} on from where the state stands, as {@link #prefill} does, and
   * scores what follows each of them; so a text can be scored piece by piece.
   *
   * @return nats of {@code tokens[from + 1, to + 1)}
   */
  double[] negativeLogLikelihood(SequenceState state, int[] tokens, int from, int to);

  /** Releases weights, threads and work space; states are closed by their owners. */
  @Override
  void close();

  /**
   * Loads a checkpoint folder.
   *
   * @throws IOException when a file is missing, or is not what {@code config.json} calls for
   */
  static CausalLm load(Path checkpointDir, LoadOptions options) throws IOException {
    return ModelFamilies.load(checkpointDir, options);
  }
}
