package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.TokenChoice;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * TransNormerLLM for prefill, decoding and scoring. Its monitor is held while it computes: closing
 * a model or a state waits, since memory that a kernel is working in must not go away.
 */
final class TnlLm implements CausalLm {

  /** Rows that go through the layers together; a multiple of attention's chunk. */
  private static final int ROWS = 512;

  private final Backend backend;
  private final TnlConfig config;
  private final @Nullable TnlWeights own;
  private final TnlLayers layers;
  private final Storage workspace;
  private final InferenceMemory.@Nullable Tensors[] tensors = new InferenceMemory.Tensors[ROWS + 1];

  private final InferenceMemory.Tensors all;
  private @Nullable Logits chosenFrom;

  /**
   * @param own weights that go with the model, and the backend with them; null for another's
   */
  private TnlLm(Backend backend, TnlConfig config, TnlLayers layers, @Nullable TnlWeights own) {
    this.backend = backend;
    this.config = config;
    this.own = own;
    this.layers = layers;
    InferenceMemory memory = new InferenceMemory(config, ROWS, backend.compute());
    this.workspace = backend.allocate("inference", memory.plan().bytes());
    this.all = memory.in(workspace);
  }

  /** Reads a trained model's parameters where they lie; model and backend stay their owners'. */
  static TnlLm over(LanguageModel trained, TnlConfig config, Backend backend) {
    TnlLayers layers = TnlLayers.of(backend, config, trained.parameters(), trained.rounded());
    return new TnlLm(backend, config, layers, null);
  }

  /** Takes the backend over: it is closed with the model, or when loading fails. */
  static TnlLm load(Path folder, TnlConfig config, Backend backend, WeightStorage storage)
      throws IOException {
    try (ModelWeights file = ModelWeights.open(folder, config)) {
      TnlWeights weights = TnlWeights.allocate(backend, config, type(storage, file, backend));
      weights.load(backend, file);
      TnlLayers layers = TnlLayers.of(backend, config, weights, weights);
      return new TnlLm(backend, config, layers, weights);
    } catch (IOException | RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  private static ElementType type(WeightStorage storage, ModelWeights file, Backend backend)
      throws IOException {
    ElementType type =
        switch (storage) {
          case STORED -> file.bfloat16() ? ElementType.BF16 : ElementType.F32;
          case F32 -> ElementType.F32;
          case BF16 -> ElementType.BF16;
          case INT8 -> ElementType.I8;
        };
    if (backend.multiplies(type)) {
      return type;
    }
    if (storage == WeightStorage.STORED) {
      return backend.compute();
    }
    throw new IllegalArgumentException(
        "%s cannot keep weights as %s".formatted(backend.describe(), storage));
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public String device() {
    return backend.describe();
  }

  @Override
  public long stateBytes() {
    return TnlState.bytes(config);
  }

  @Override
  public synchronized SequenceState newState() {
    return new TnlState(backend, config, this);
  }

  @Override
  public synchronized void prefill(
      SequenceState state, int[] tokens, int from, int to, Logits last) {
    requireRange(tokens, from, to);
    requireRows(last, 1);
    run(
        state,
        tokens,
        from,
        to,
        (x, _, count, end) -> {
          if (end == to) {
            InferenceMemory.Tensors t = tensors(1);
            layers
                .head()
                .step(x.rows(count - 1, count), t.head(), (logits, _) -> copy(last, 0, logits));
          }
        });
  }

  @Override
  public synchronized void prefillAll(
      SequenceState state, int[] tokens, int from, int to, Logits every) {
    requireRange(tokens, from, to);
    requireRows(every, to - from);
    run(
        state,
        tokens,
        from,
        to,
        (x, begin, count, _) ->
            layers
                .head()
                .forward(
                    x,
                    tensors(count).head(),
                    (logits, row) -> copy(every, begin - from + row, logits)));
  }

  @Override
  public synchronized double[] negativeLogLikelihood(int[] tokens) {
    double[] nats = new double[Math.max(0, tokens.length - 1)];
    if (nats.length == 0) {
      return nats;
    }
    int[] targets = new int[nats.length];
    System.arraycopy(tokens, 1, targets, 0, targets.length);
    try (SequenceState state = newState()) {
      run(
          state,
          tokens,
          0,
          nats.length,
          (x, begin, count, _) ->
              layers
                  .head()
                  .forward(
                      x,
                      tensors(count).head(),
                      (logits, row) ->
                          backend.loss().crossEntropy(nats, logits, targets, begin + row)));
      backend.finish();
    }
    return nats;
  }

  /** What is done with the residual stream of tokens [begin, end). */
  @FunctionalInterface
  private interface Use {
    void of(Tensor x, int begin, int count, int end);
  }

  private void run(SequenceState state, int[] tokens, int from, int to, Use use) {
    TnlState own = own(state);
    for (int begin = from; begin < to; begin += ROWS) {
      int count = Math.min(ROWS, to - begin);
      InferenceMemory.Tensors t = tensors(count);
      long[] positions = TnlLayers.positions(own.position(), count);
      backend.embedding().forward(t.x(), layers.table(), tokens, begin, layers.embeddingScale());
      for (int l = 0; l < config.layers(); l++) {
        layers
            .tokenMixers()
            .get(l)
            .forward(t.x(), t.mixer(config.lrpe().get(l)), own.layer(l), null, positions, null, 1);
        layers.channelMixers().get(l).forward(t.x(), t.channelMixer());
      }
      own.advance(count);
      use.of(t.x(), begin, count, begin + count);
    }
  }

  @Override
  public synchronized void decode(List<SequenceState> states, int[] tokens, Logits out) {
    requireRows(out, states.size());
    List<TnlState> own = own(states, tokens);
    for (int from = 0; from < own.size(); from += ROWS) {
      decode(own.subList(from, Math.min(own.size(), from + ROWS)), tokens, from, out);
    }
  }

  private void decode(List<TnlState> states, int[] tokens, int from, Logits out) {
    InferenceMemory.Tensors t = tensors(states.size());
    OutputHead.Activations head = t.head();
    boolean atOnce = states.size() <= head.logits().rows();
    backend.repeat(
        new Step(this, states.size(), false),
        () -> {
          decodeLayers(t, states, tokens, from);
          if (atOnce) {
            layers.head().step(t.x(), head, (logits, row) -> {});
          }
        });
    states.forEach(state -> state.advance(1));
    if (atOnce) {
      copy(out, from, head.logits().rows(0, states.size()));
    } else {
      layers.head().step(t.x(), head, (logits, row) -> copy(out, from + row, logits));
    }
  }

  @Override
  public synchronized void decode(
      List<SequenceState> states, int[] tokens, List<Rule> rules, int[] next) {
    Optional<TokenChoice> choice = backend.tokenChoice();
    if (choice.isEmpty()) {
      Logits logits = choosingFrom(states.size());
      decode(states, tokens, logits);
      Arrays.setAll(next, row -> Sampler.next(logits, row, rules.get(row)));
      return;
    }
    List<TnlState> own = own(states, tokens);
    for (int from = 0; from < own.size(); from += ROWS) {
      List<TnlState> some = own.subList(from, Math.min(own.size(), from + ROWS));
      decode(some, tokens, from, choice.get(), rules, next);
    }
    backend.finish();
    if (Arrays.stream(next).anyMatch(token -> token == TokenChoice.NONE)) {
      throw new ArithmeticException("the largest logit is no finite number");
    }
  }

  private void decode(
      List<TnlState> states,
      int[] tokens,
      int from,
      TokenChoice choice,
      List<Rule> rules,
      int[] next) {
    InferenceMemory.Tensors t = tensors(states.size());
    backend.repeat(
        new Step(this, states.size(), true),
        () -> {
          decodeLayers(t, states, tokens, from);
          layers
              .head()
              .step(
                  t.x(), t.head(), (logits, row) -> choice.choose(next, logits, rules, from + row));
        });
    states.forEach(state -> state.advance(1));
  }

  private Logits choosingFrom(int rows) {
    if (chosenFrom == null || chosenFrom.rows() < rows) {
      chosenFrom = new Logits(rows, config.vocabSize());
    }
    return chosenFrom;
  }

  private static List<TnlState> own(List<SequenceState> states, int[] tokens) {
    if (states.isEmpty() || tokens.length < states.size()) {
      throw new IllegalArgumentException(
          "%d states, %d tokens".formatted(states.size(), tokens.length));
    }
    List<TnlState> own = states.stream().map(TnlLm::own).toList();
    if (own.stream().distinct().count() != own.size()) {
      throw new IllegalArgumentException("one state twice in a batch");
    }
    return own;
  }

  /** Steps that consist of the same operations. */
  private record Step(TnlLm model, int sequences, boolean choosing) {}

  private void decodeLayers(
      InferenceMemory.Tensors t, List<TnlState> states, int[] tokens, int from) {
    long[] positions = states.stream().mapToLong(TnlState::position).toArray();
    backend.embedding().forward(t.x(), layers.table(), tokens, from, layers.embeddingScale());
    for (int l = 0; l < config.layers(); l++) {
      List<Tensor> layerStates = new ArrayList<>(states.size());
      for (TnlState state : states) {
        layerStates.add(state.layer(l));
      }
      layers
          .tokenMixers()
          .get(l)
          .step(t.x(), t.mixer(config.lrpe().get(l)), layerStates, positions);
      layers.channelMixers().get(l).step(t.x(), t.channelMixer());
    }
  }

  /** Views of so many rows; made once, because a step must not leave anything to collect. */
  private InferenceMemory.Tensors tensors(int rows) {
    InferenceMemory.Tensors views = tensors[rows];
    if (views == null) {
      views = all.rows(rows);
      tensors[rows] = views;
    }
    return views;
  }

  private void copy(Logits target, int row, Tensor logits) {
    long bytes = logits.elements() * Float.BYTES;
    long offset = (long) row * target.vocab() * Float.BYTES;
    backend.read(target.segment().asSlice(offset, bytes), logits);
  }

  private static TnlState own(SequenceState state) {
    if (state instanceof TnlState own) {
      return own;
    }
    throw new IllegalArgumentException("a state of another family");
  }

  private static void requireRange(int[] tokens, int from, int to) {
    if (from < 0 || to > tokens.length || from >= to) {
      throw new IndexOutOfBoundsException(
          "tokens [%d, %d) of %d".formatted(from, to, tokens.length));
    }
  }

  private void requireRows(Logits logits, int rows) {
    if (logits.rows() < rows || logits.vocab() != config.vocabSize()) {
      throw new IllegalArgumentException(
          "%d x %d logits for %d rows of a vocabulary of %d"
              .formatted(logits.rows(), logits.vocab(), rows, config.vocabSize()));
    }
  }

  @Override
  public synchronized void close() {
    backend.release(workspace);
    if (own == null) {
      return;
    }
    backend.release(own.storage());
    backend.close();
  }
}
