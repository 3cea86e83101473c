package org.transnormer.model.toy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * @param own whether model and backend go with it
 */
record ToyLm(ToyModel model, Backend backend, boolean own) implements CausalLm {

  /** Nothing is remembered of a sequence but how long it is. */
  private static final class Position implements SequenceState {
    private long position;

    @Override
    public long position() {
      return position;
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public void copyFrom(SequenceState other) {
      position = other.position();
    }

    @Override
    public Map<String, float[]> numbers() {
      return Map.of();
    }

    @Override
    public void reset() {
      position = 0;
    }

    @Override
    public void close() {}
  }

  @Override
  public ModelConfig config() {
    return model.config();
  }

  @Override
  public String device() {
    return backend.describe();
  }

  @Override
  public ElementType weights() {
    return backend.compute();
  }

  @Override
  public long stateBytes() {
    return 0;
  }

  @Override
  public SequenceState newState() {
    return new Position();
  }

  private interface Use {
    void of(Tensor logits, int token);
  }

  private void run(int[] tokens, int from, int to, Use use) {
    for (int at = from; at < to; at += model.rows()) {
      int first = at;
      int count = Math.min(model.rows(), to - at);
      model.logits(tokens, at, count, (logits, row) -> use.of(logits, first + row));
    }
  }

  private void read(int[] tokens, int from, int to, Logits out) {
    long row = (long) out.vocab() * Float.BYTES;
    run(
        tokens,
        from,
        to,
        (logits, token) ->
            backend.read(out.segment().asSlice((token - from) * row, logits.rows() * row), logits));
  }

  @Override
  public void prefill(SequenceState state, int[] tokens, int from, int to, Logits last) {
    read(tokens, to - 1, to, last);
    ((Position) state).position += to - from;
  }

  @Override
  public void prefillAll(SequenceState state, int[] tokens, int from, int to, Logits every) {
    read(tokens, from, to, every);
    ((Position) state).position += to - from;
  }

  @Override
  public void decode(List<SequenceState> states, int[] tokens, Logits out) {
    read(tokens, 0, states.size(), out);
    states.forEach(state -> ((Position) state).position++);
  }

  @Override
  public void decode(List<SequenceState> states, int[] tokens, List<Rule> rules, int[] next) {
    Logits logits = new Logits(states.size(), config().vocabSize());
    decode(states, tokens, logits);
    Arrays.setAll(next, row -> Sampler.next(logits, row, rules.get(row)));
  }

  @Override
  public double[] negativeLogLikelihood(SequenceState state, int[] tokens, int from, int to) {
    double[] nats = new double[to - from];
    int[] targets = Arrays.copyOfRange(tokens, from + 1, to + 1);
    run(
        tokens,
        from,
        to,
        (logits, token) -> backend.loss().crossEntropy(nats, logits, targets, token - from));
    backend.finish();
    ((Position) state).position += to - from;
    return nats;
  }

  @Override
  public void close() {
    if (own) {
      model.close();
      backend.close();
    }
  }
}
