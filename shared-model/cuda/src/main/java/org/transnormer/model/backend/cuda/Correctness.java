package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every operation at a model's shapes on the GPU, beside the same on the processor in fp32: random
 * inputs that bf16 holds exactly, outputs full of NaN before. Errors are relative L2.
 */
final class Correctness {

  private static final int BATCH = 2;
  private static final int TIME = 1500;
  private static final int HEADS = 4;
  private static final int WIDTH = 128;
  private static final int ROWS = BATCH * TIME;
  private static final int COLUMNS = HEADS * WIDTH;
  private static final int VOCABULARY = 5000;

  private final Backend backend;
  private final Map<String, float[]> results = new LinkedHashMap<>();

  private Correctness(Backend backend) {
    this.backend = backend;
  }

  static void run(ObjectNode report) {
    Correctness expected;
    try (CpuBackend cpu = CpuBackend.open(Runtime.getRuntime().availableProcessors(), false)) {
      expected = new Correctness(cpu);
      expected.compute();
    }
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      ObjectNode errors = report.putObject(type.toString());
      try (CudaBackend gpu = new CudaBackend(new DriverLauncher(0, true), type)) {
        Correctness actual = new Correctness(gpu);
        actual.compute();
        actual.results.forEach((name, numbers) -> {
          double error = error(numbers, expected.results.get(name));
          errors.put(name, error);
          CudaBench.say("%-5s %-28s %.2e", type, name, error);
        });
      }
    }
  }

  private static double error(float[] actual, float @Nullable [] expected) {
    if (expected == null) {
      return Double.NaN;
    }
    double difference = 0;
    double size = 0;
    for (int i = 0; i < actual.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
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

  private void compute() {
    norms();
    pointwise();
    products();
    positions();
    embedding();
    loss();
    attention(WIDTH, "attention");
    attention(2 * WIDTH, "attention with positions");
    step();
  }

  private void norms() {
    Tensor x = in(1, ElementType.F32, ROWS, COLUMNS);
    Tensor o = in(2, ROWS, COLUMNS);
    Tensor u = in(3, ROWS, COLUMNS);
    Tensor d = in(4, ROWS, COLUMNS);
    Tensor y = out(ROWS, COLUMNS);
    Tensor r = out(ElementType.F32, ROWS, 1);
    backend.norm().forward(y, r, x);
    keep("norm", y);
    Tensor dx = out(ROWS, COLUMNS);
    backend.norm().backward(Write.OVERWRITE, dx, d, o, r);
    keep("norm backward", dx);
    backend.norm().gatedForward(y, r, o, u);
    keep("gated norm", y);
    Tensor dU = out(ROWS, COLUMNS);
    backend.norm().gatedBackward(dx, dU, d, o, u, r);
    keep("gated norm backward, input", dx);
    keep("gated norm backward, gate", dU);
  }

  private void pointwise() {
    Tensor a = in(1, ROWS, COLUMNS);
    Tensor b = in(2, ROWS, COLUMNS);
    Tensor d = in(3, ROWS, COLUMNS);
    Tensor y = out(ROWS, COLUMNS);
    Tensor z = out(ROWS, COLUMNS);
    backend.pointwise().activate(y, a, Activation.SILU);
    keep("silu", y);
    backend.pointwise().activateBackward(y, d, a, Activation.SILU);
    keep("silu backward", y);
    backend.pointwise().multiply(y, a, b);
    keep("product of elements", y);
    backend.pointwise().multiplyBackward(y, z, d, a, b);
    keep("product of elements backward", z);
  }

  private void products() {
    Tensor x = in(1, ROWS, COLUMNS);
    Tensor w = in(2, 2 * COLUMNS, COLUMNS);
    Tensor dy = in(3, ROWS, 2 * COLUMNS);
    Tensor y = out(ROWS, 2 * COLUMNS);
    backend.matmul().forward(Write.OVERWRITE, y, x, w);
    keep("matmul", y);
    Tensor dx = out(ROWS, COLUMNS);
    backend.matmul().backwardInput(Write.OVERWRITE, dx, dy, w);
    keep("matmul backward, input", dx);
    Tensor dw = in(4, ElementType.F32, 2 * COLUMNS, COLUMNS);
    backend.matmul().backwardWeight(dw, dy, x);
    keep("matmul backward, weight", dw);
    Tensor few = in(5, ElementType.F32, 100, 2 * COLUMNS);
    backend.matmul().forwardFew(Write.ACCUMULATE, few, x.rows(0, 100), w);
    keep("matmul of few rows", few);
  }

  private void positions() {
    long[] positions = LongStream.range(0, TIME).toArray();
    Tensor theta = in(1, ElementType.F32, HEADS, WIDTH);
    Tensor cosines = out(ElementType.F32, TIME, COLUMNS);
    Tensor sines = out(ElementType.F32, TIME, COLUMNS);
    Tensor x = in(2, ROWS, COLUMNS);
    Tensor y = out(ROWS, 2 * COLUMNS);
    backend.positions().angles(cosines, sines, theta, positions, PhaseRounding.FLOAT64);
    backend.positions().forward(y, x, cosines, sines, HEADS);
    keep("position features", y);
    Tensor dx = out(ROWS, COLUMNS);
    Tensor dTheta = zeros(HEADS, WIDTH);
    Tensor dy = in(3, ROWS, 2 * COLUMNS);
    backend.positions().backward(dx, dTheta, dy, x, cosines, sines, positions, HEADS);
    keep("position features backward", dx);
    keep("gradient of theta", dTheta);
  }

  private static int[] tokens(int count) {
    return new Random(1).ints(count, 0, VOCABULARY).map(t -> t % 3 == 0 ? 7 : t).toArray();
  }

  private void embedding() {
    Tensor table = in(1, VOCABULARY, COLUMNS);
    Tensor x = out(ElementType.F32, ROWS, COLUMNS);
    backend.embedding().forward(x, table, tokens(ROWS), 0, 3);
    keep("embedding", x);
    Tensor dTable = zeros(VOCABULARY, COLUMNS);
    backend.embedding().backward(dTable, in(2, ROWS, COLUMNS), tokens(ROWS), 0, 3, 5);
    keep("embedding backward", dTable);
  }

  private void loss() {
    Tensor logits = in(1, ROWS, VOCABULARY);
    double[] nats = new double[ROWS];
    backend.loss().crossEntropyBackward(nats, logits, tokens(ROWS), 0, 1, 1e-4);
    backend.finish();
    float[] rounded = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      rounded[i] = (float) nats[i];
    }
    results.put("cross-entropy", rounded);
    keep("cross-entropy backward", logits);
  }

  private void attention(int keyWidth, String name) {
    double[] rates = {0.5, 1.0 / 256, 1e-3, 1e-7};
    Decay decay = backend.attention().decay(rates);
    Tensor q = in(1, ROWS, HEADS * keyWidth);
    Tensor k = in(2, ROWS, HEADS * keyWidth);
    Tensor v = in(3, ROWS, COLUMNS);
    Tensor dO = in(4, ROWS, COLUMNS);
    Tensor o = out(ROWS, COLUMNS);
    Tensor state = in(5, ElementType.F32, (long) BATCH * HEADS * keyWidth, WIDTH);
    long kept = (long) BATCH * HEADS * Math.ceilDiv(TIME, backend.attention().chunk());
    Tensor saved = out(ElementType.F32, kept * keyWidth, WIDTH);
    backend.attention().forwardSaving(o, state, saved, q, k, v, decay, BATCH);
    keep(name, o);
    keep(name + ", last state", state);
    Tensor dState = in(6, ElementType.F32, (long) BATCH * HEADS * keyWidth, WIDTH);
    Tensor dq = out(ROWS, HEADS * keyWidth);
    Tensor dk = out(ROWS, HEADS * keyWidth);
    Tensor dv = out(ROWS, COLUMNS);
    backend.attention().backward(dq, dk, dv, dState, dO, q, k, v, saved, decay, BATCH);
    keep(name + ", dq", dq);
    keep(name + ", dk", dk);
    keep(name + ", dv", dv);
    keep(name + ", first state's gradient", dState);
  }

  private void step() {
    Decay decay = backend.attention().decay(new double[] {0.5, 1.0 / 256, 1e-3, 1e-7});
    int batch = 33;
    Tensor states = in(1, ElementType.F32, (long) batch * COLUMNS, WIDTH);
    Tensor o = out(batch, COLUMNS);
    backend
        .attention()
        .step(
            o,
            IntStream.range(0, batch)
                .mapToObj(i -> states.rows((long) i * COLUMNS, (i + 1L) * COLUMNS))
                .toList(),
            in(2, batch, COLUMNS),
            in(3, batch, COLUMNS),
            in(4, batch, COLUMNS),
            decay);
    keep("attention step", o);
    keep("attention step, states", states);
  }
}
