package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Optimizer.AdamW;
import org.transnormer.model.backend.TokenChoice;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.backend.Write;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.generate.Sampling;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** Does every operation of a backend once, on the same numbers wherever it is. */
final class EveryOperation {

  static final String GLU = "decoding, GLU";
  static final String CHOICE = "choice of tokens";

  private static final double[] RATES = {0.5, 1.0 / 256, 1e-3, 1e-7};

  /** Rows of a product with few: for each kernel that there is. */
  private static final int[] FEW = {3, 12, 30, 64, 100};

  /** Sequences of a decoding step: for the fused kernels, and for those of many rows. */
  private static final int[] DECODED = {5, 70};

  /** A learning rate that moves parameters as far as they are large. */
  private static final AdamW UPDATE = new AdamW(0.1, 0.9, 0.95, 1e-8, 0.1, 3, 0.5);

  private final Backend backend;
  private final Correctness.Shape shape;
  private final int rows;
  private final int columns;
  private final Map<String, float[]> results = new LinkedHashMap<>();

  EveryOperation(Backend backend, Correctness.Shape shape) {
    this.backend = backend;
    this.shape = shape;
    this.rows = shape.rows();
    this.columns = shape.columns();
  }

  /** Numbers from N(0, 1) that bf16 holds exactly. */
  static float[] normal(long seed, int count) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = PhaseRounding.bfloat16((float) random.nextGaussian());
    }
    return numbers;
  }

  private Tensor in(long seed, ElementType type, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return filled(normal(seed, count), type, shape);
  }

  private Tensor in(long seed, long... shape) {
    return in(seed, backend.compute(), shape);
  }

  private Tensor out(ElementType type, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] nothing = new float[count];
    Arrays.fill(nothing, Float.NaN);
    return filled(nothing, type, shape);
  }

  private Tensor out(long... shape) {
    return out(backend.compute(), shape);
  }

  private Tensor zeros(long... shape) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return Tensor.of(backend.allocate("check", count * Float.BYTES), 0, shape);
  }

  private Tensor filled(float[] numbers, ElementType type, long... shape) {
    Tensor tensor =
        Tensor.of(backend.allocate("check", (long) numbers.length * type.bytes()), type, 0, shape);
    backend.write(tensor, MemorySegment.ofArray(numbers));
    return tensor;
  }

  private void keep(String name, Tensor tensor) {
    float[] numbers = new float[(int) tensor.elements()];
    backend.read(MemorySegment.ofArray(numbers), tensor);
    results.put(name, numbers);
  }

  /** What every operation left, by name. */
  Map<String, float[]> compute() {
    norms();
    pointwise();
    products();
    positions();
    embedding();
    loss();
    attention(shape.width(), null, "attention");
    attention(2 * shape.width(), null, "attention with positions");
    attention(shape.width(), starts(), "attention of documents");
    step();
    splitNorms();
    optimizer();
    choice();
    for (int sequences : DECODED) {
      decoding(sequences);
    }
    return results;
  }

  private void norms() {
    Tensor x = in(1, ElementType.F32, rows, columns);
    Tensor o = in(2, rows, columns);
    Tensor u = in(3, rows, columns);
    Tensor d = in(4, rows, columns);
    Tensor y = out(rows, columns);
    Tensor r = out(ElementType.F32, rows, 1);
    backend.norm().forward(y, r, x);
    keep("norm", y);
    Tensor dx = out(rows, columns);
    backend.norm().backward(Write.OVERWRITE, dx, d, o, r);
    keep("norm backward", dx);
    backend.norm().backward(Write.ACCUMULATE, dx, d, u, r);
    keep("norm backward, twice", dx);
    Tensor z = out(rows, columns);
    backend.norm().gatedForward(z, r, o, u);
    keep("gated norm", z);
    Tensor dO = out(rows, columns);
    Tensor dU = out(rows, columns);
    backend.norm().gatedBackward(dO, dU, d, o, u, r);
    keep("gated norm backward, input", dO);
    keep("gated norm backward, gate", dU);
  }

  /** As if other columns lay elsewhere, with the same sums. */
  private void splitNorms() {
    Tensor o = in(1, rows, columns);
    Tensor u = in(2, rows, columns);
    Tensor d = in(3, rows, columns);
    Tensor r = out(ElementType.F32, rows, 1);
    backend.splitNorm().squares(r, o);
    keep("split norm, squares", r);
    Tensor z = out(rows, columns);
    backend.splitNorm().gatedForward(z, r, o, u, columns);
    keep("split norm", z);
    Tensor s = out(ElementType.F32, rows, 1);
    backend.splitNorm().products(s, d, o, u, r);
    keep("split norm, products", s);
    Tensor dO = out(rows, columns);
    Tensor dU = out(rows, columns);
    backend.splitNorm().gatedBackward(dO, dU, d, o, u, r, s, columns);
    keep("split norm backward, input", dO);
    keep("split norm backward, gate", dU);
  }

  private void pointwise() {
    Tensor a = in(1, rows, columns);
    Tensor b = in(2, rows, columns);
    Tensor d = in(3, rows, columns);
    Tensor silu = out(rows, columns);
    backend.pointwise().activate(silu, a, Activation.SILU);
    keep("silu", silu);
    Tensor dSilu = out(rows, columns);
    backend.pointwise().activateBackward(dSilu, d, a, Activation.SILU);
    keep("silu backward", dSilu);
    Tensor product = out(rows, columns);
    backend.pointwise().multiply(product, a, b);
    keep("product of elements", product);
    Tensor dA = out(rows, columns);
    Tensor dB = out(rows, columns);
    backend.pointwise().multiplyBackward(dA, dB, d, a, b);
    keep("product of elements backward, first", dA);
    keep("product of elements backward, second", dB);
  }

  private void products() {
    Tensor x = in(1, rows, columns);
    Tensor w = in(2, 2L * columns, columns);
    Tensor dy = in(3, rows, 2L * columns);
    Tensor y = out(rows, 2L * columns);
    backend.matmul().forward(Write.OVERWRITE, y, x, w);
    keep("matmul", y);
    Tensor dx = out(rows, columns);
    backend.matmul().backwardInput(Write.OVERWRITE, dx, dy, w);
    keep("matmul backward, input", dx);
    Tensor dw = in(4, ElementType.F32, 2L * columns, columns);
    backend.matmul().backwardWeight(dw, dy, x);
    keep("matmul backward, weight", dw);
    for (int few : FEW) {
      Tensor sum = in(5, ElementType.F32, few, 2L * columns);
      backend.matmul().forwardFew(Write.ACCUMULATE, sum, x.rows(0, few), w);
      keep("matmul of %d rows".formatted(few), sum);
    }
  }

  private void positions() {
    long[] positions = LongStream.range(0, shape.time()).toArray();
    Tensor theta = in(1, ElementType.F32, shape.heads(), shape.width());
    Tensor cosines = out(ElementType.F32, shape.time(), columns);
    Tensor sines = out(ElementType.F32, shape.time(), columns);
    Tensor x = in(2, rows, columns);
    Tensor y = out(rows, 2 * columns);
    backend.positions().angles(cosines, sines, theta, positions, PhaseRounding.FLOAT64);
    backend.positions().forward(y, x, cosines, sines, shape.heads());
    keep("position features", y);
    Tensor dx = out(rows, columns);
    Tensor dTheta = zeros(shape.heads(), shape.width());
    Tensor dy = in(3, rows, 2 * columns);
    backend.positions().backward(dx, dTheta, dy, x, cosines, sines, positions, shape.heads());
    keep("position features backward", dx);
    keep("gradient of theta", dTheta);
  }

  private int[] tokens(int count) {
    return new Random(1).ints(count, 0, shape.vocabulary()).map(t -> t % 3 == 0 ? 7 : t).toArray();
  }

  private void embedding() {
    Tensor table = in(1, shape.vocabulary(), columns);
    Tensor x = out(ElementType.F32, rows, columns);
    backend.embedding().forward(x, table, tokens(rows), 0, 3);
    keep("embedding", x);
    Tensor dTable = zeros(shape.vocabulary(), columns);
    backend.embedding().backward(dTable, in(2, rows, columns), tokens(rows), 0, 3, 5);
    keep("embedding backward", dTable);
  }

  private void loss() {
    Tensor logits = in(1, rows, shape.vocabulary());
    double[] nats = new double[rows];
    backend.loss().crossEntropyBackward(nats, logits, tokens(rows), 0, 1, 1e-4);
    backend.finish();
    float[] rounded = new float[rows];
    for (int i = 0; i < rows; i++) {
      rounded[i] = (float) nats[i];
    }
    results.put("cross-entropy", rounded);
    keep("cross-entropy backward", logits);
  }

  private void attention(int keyWidth, int @Nullable [] starts, String name) {
    Decay decay = decay();
    Tensor q = in(1, rows, shape.heads() * keyWidth);
    Tensor k = in(2, rows, shape.heads() * keyWidth);
    Tensor v = in(3, rows, columns);
    Tensor dO = in(4, rows, columns);
    Tensor o = out(rows, columns);
    Tensor state =
        in(5, ElementType.F32, (long) shape.batch() * shape.heads() * keyWidth, shape.width());
    long kept =
        (long) shape.batch()
            * shape.heads()
            * Math.ceilDiv(shape.time(), backend.attention().chunk());
    Tensor saved = out(ElementType.F32, kept * keyWidth, shape.width());
    backend.attention().forwardSaving(o, state, saved, q, k, v, decay, starts, shape.batch());
    keep(name, o);
    keep(name + ", last state", state);
    Tensor dState =
        in(6, ElementType.F32, (long) shape.batch() * shape.heads() * keyWidth, shape.width());
    Tensor dq = out(rows, shape.heads() * keyWidth);
    Tensor dk = out(rows, shape.heads() * keyWidth);
    Tensor dv = out(rows, columns);
    backend
        .attention()
        .backward(dq, dk, dv, dState, dO, q, k, v, saved, decay, starts, shape.batch());
    keep(name + ", dq", dq);
    keep(name + ", dk", dk);
    keep(name + ", dv", dv);
    keep(name + ", first state's gradient", dState);
  }

  private void step() {
    int batch = 33;
    Tensor states = in(1, ElementType.F32, (long) batch * columns, shape.width());
    Tensor o = out(batch, columns);
    backend
        .attention()
        .step(
            o,
            each(states, batch),
            in(2, batch, columns),
            in(3, batch, columns),
            in(4, batch, columns),
            decay());
    keep("attention step", o);
    keep("attention step, states", states);
  }

  private Decay decay() {
    return backend.attention().decay(Arrays.copyOf(RATES, shape.heads()));
  }

  /** Two documents in every sequence, and the end of one that began before. */
  private int[] starts() {
    int[] starts = new int[rows];
    for (int n = 0; n < rows; n++) {
      int t = n % shape.time();
      starts[n] =
          t < shape.time() / 3 ? -1 : t < shape.time() / 2 ? shape.time() / 3 : shape.time() / 2;
    }
    return starts;
  }

  private List<Tensor> each(Tensor states, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> states.rows((long) i * columns, (i + 1L) * columns))
        .toList();
  }

  private void optimizer() {
    int count = rows * columns - 1;
    Tensor g = in(1, ElementType.F32, count, 1);
    results.put("sum of squares", new float[] {(float) backend.optimizer().sumOfSquares(g)});
    Tensor w = in(2, ElementType.F32, count, 1);
    Tensor m = in(3, ElementType.F32, count, 1);
    float[] squares = normal(4, count);
    for (int i = 0; i < count; i++) {
      squares[i] *= squares[i];
    }
    Tensor v = filled(squares, ElementType.F32, count, 1);
    Tensor rounded = backend.compute() == ElementType.F32 ? null : out(count, 1);
    backend.optimizer().adamW(w, m, v, g, rounded, UPDATE);
    keep("AdamW, parameters", w);
    keep("AdamW, first moments", m);
    keep("AdamW, second moments", v);
    keep("AdamW, rounded parameters", rounded == null ? w : rounded);
  }

  /** Where the device has no choice of its own, the host's. */
  private void choice() {
    int count = 24;
    float[] numbers = normal(1, count * shape.vocabulary());
    Tensor logits = filled(numbers, ElementType.F32, count, shape.vocabulary());
    Logits here = new Logits(count, shape.vocabulary());
    here.segment().copyFrom(MemorySegment.ofArray(numbers));
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rules.add(new Sampling(i % 4 * 0.5, i % 3 == 0 ? 1 : 0.8, i % 5 * 10, 1).rule(i));
    }
    int[] tokens = new int[count];
    Arrays.fill(tokens, TokenChoice.NONE);
    backend
        .tokenChoice()
        .ifPresentOrElse(
            device -> device.choose(tokens, logits, rules, 0),
            () -> Arrays.setAll(tokens, i -> Sampler.next(here, i, rules.get(i))));
    backend.finish();
    float[] chosen = new float[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = tokens[i];
    }
    results.put(CHOICE, chosen);
  }

  /** What a step of decoding is made of; in bf16 fused for few sequences. */
  private void decoding(int sequences) {
    Tensor x = in(1, ElementType.F32, sequences, columns);
    Tensor h = in(2, sequences, columns);
    Tensor u = in(3, sequences, columns);
    Tensor n = out(sequences, columns);
    Tensor r = out(ElementType.F32, sequences, 1);
    Tensor wide = in(4, 2L * columns, columns);
    Tensor square = in(5, columns, columns);
    String of = " of %d sequences".formatted(sequences);
    Tensor y = out(sequences, 2L * columns);
    backend.decoding().normProduct(y, n, r, x, wide);
    keep("decoding, norm and product" + of, y);
    Tensor glu = out(sequences, columns);
    backend.decoding().normGlu(glu, out(sequences, 2L * columns), n, r, x, wide);
    keep(GLU + of, glu);
    Tensor sum = in(6, ElementType.F32, sequences, columns);
    backend.decoding().gatedProduct(sum, n, r, h, u, square);
    keep("decoding, gate and product" + of, sum);
    backend.decoding().addProduct(sum, h, square);
    keep("decoding, sum" + of, sum);
    Tensor qkv = in(7, sequences, 3L * columns);
    Tensor states = in(8, ElementType.F32, (long) sequences * columns, shape.width());
    Tensor o = out(sequences, columns);
    backend
        .decoding()
        .attention(
            o,
            each(states, sequences),
            qkv,
            out(sequences, 2L * columns),
            Activation.SILU,
            columns,
            decay());
    keep("decoding, attention" + of, o);
    keep("decoding, states" + of, states);
  }
}
