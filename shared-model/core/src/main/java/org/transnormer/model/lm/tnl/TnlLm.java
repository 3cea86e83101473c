package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.TokenChoice;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.generate.Sampler;
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
  private final @Nullable DecodeStep[] steps = new DecodeStep[ROWS + 1];
  private @Nullable Logits chosenFrom;
  private long batches;

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
    try (ModelWeights file = ModelWeights.open(folder, config, TnlTensors.files(config))) {
      return of(config, backend, type(storage, file.bfloat16(), backend), file::stream);
    } catch (IOException | RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /** With initial weights; takes the backend over in the same way. */
  static TnlLm untrained(long seed, TnlConfig config, Backend backend, WeightStorage storage) {
    try {
      InitialWeights initial = new InitialWeights(config, seed);
      return of(config, backend, type(storage, false, backend), initial::stream);
    } catch (IOException e) {
      backend.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  private static TnlLm of(
      TnlConfig config, Backend backend, ElementType type, TnlWeights.Numbers numbers)
      throws IOException {
    TnlWeights weights = TnlWeights.allocate(backend, config, type);
    weights.load(backend, numbers);
    return new TnlLm(backend, config, TnlLayers.of(backend, config, weights, weights), weights);
  }

  /**
   * @param bfloat16 whether that is what is stored
   */
  private static ElementType type(WeightStorage storage, boolean bfloat16, Backend backend) {
    ElementType type =
        switch (storage) {
          case STORED -> bfloat16 ? ElementType.BF16 : ElementType.F32;
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
  public ElementType weights() {
    return layers.table().type();
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
  public synchronized double[] negativeLogLikelihood(
      SequenceState state, int[] tokens, int from, int to) {
    requireRange(tokens, from, to);
    if (to == tokens.length) {
      throw new IndexOutOfBoundsException("no token follows the last of " + to);
    }
    int[] targets = Arrays.copyOfRange(tokens, from + 1, to + 1);
    double[] nats = new double[targets.length];
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
                    (logits, row) ->
                        backend.loss().crossEntropy(nats, logits, targets, begin - from + row)));
    backend.finish();
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
    requireBatch(states, tokens);
    requireRows(out, states.size());
    for (int from = 0; from < states.size(); from += ROWS) {
      DecodeStep step = step(states, tokens, from);
      backend.repeatSame(step, step);
      step.end();
      int first = from;
      Tensor logits = step.logits();
      if (logits != null) {
        copy(out, first, logits);
      } else {
        step.head((some, row) -> copy(out, first + row, some));
      }
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
    requireBatch(states, tokens);
    for (int from = 0; from < states.size(); from += ROWS) {
      DecodeStep step = step(states, tokens, from);
      int first = from;
      backend.repeat(
          step.choosing(),
          () -> {
            step.layers();
            step.head((logits, row) -> choice.get().choose(next, logits, rules, first + row));
          });
      step.end();
    }
    backend.finish();
    if (Arrays.stream(next).anyMatch(token -> token == TokenChoice.NONE)) {
      throw new ArithmeticException("the largest logit is no finite number");
    }
  }

  private Logits choosingFrom(int rows) {
    if (chosenFrom == null || chosenFrom.rows() < rows) {
      chosenFrom = new Logits(rows, config.vocabSize());
    }
    return chosenFrom;
  }

  private void requireBatch(List<SequenceState> states, int[] tokens) {
    if (states.isEmpty() || tokens.length < states.size()) {
      throw new IllegalArgumentException(
          "%d states, %d tokens".formatted(states.size(), tokens.length));
    }
    batches++;
    for (int i = 0; i < states.size(); i++) {
      if (!own(states.get(i)).join(batches)) {
        throw new IllegalArgumentException("one state twice in a batch");
      }
      if (tokens[i] < 0 || tokens[i] >= config.vocabSize()) {
        throw new IllegalArgumentException(
            "token %d is outside the vocabulary of %d".formatted(tokens[i], config.vocabSize()));
      }
    }
  }

  /** The step of the sequences from {@code from} on, as many as go together, ready to be done. */
  private DecodeStep step(List<SequenceState> states, int[] tokens, int from) {
    int count = Math.min(states.size() - from, ROWS);
    DecodeStep step = steps[count];
    if (step == null) {
      step = new DecodeStep(backend, config, layers, tensors(count));
      steps[count] = step;
    }
    for (int i = 0; i < count; i++) {
      step.take(i, own(states.get(from + i)), tokens[from + i]);
    }
    return step;
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
    long offset = (long) row * target.vocab() * Float.BYTES;
    // A view of its own would be left to collect, which a step leaves nothing for.
    backend.read(offset == 0 ? target.segment() : target.segment().asSlice(offset), logits);
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
