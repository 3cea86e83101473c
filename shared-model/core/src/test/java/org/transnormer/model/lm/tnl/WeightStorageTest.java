package org.transnormer.model.lm.tnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Optimizer;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.golden.Golden;
import org.transnormer.model.golden.Numbers;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.tensor.NamedTensors;

/** What keeping weights in fewer bits costs: on the golden models, and on one that has learned. */
class WeightStorageTest {

  private static final TnlConfig CONFIG = TnlConfig.of(256, 128, 3, 2, 384, 0);
  private static final int HELDOUT = 1_000;
  private static final int STEPS = 100;
  private static final int SEQUENCES = 8;
  private static final int LENGTH = 96;

  @TempDir static Path folder;
  private static int[] heldout = {};
  private static Logits[] exact = {};

  /** Learns the project's own prose, byte by byte. */
  @BeforeAll
  static void train() throws IOException {
    int[] tokens = prose();
    int split = tokens.length - HELDOUT;
    heldout = Arrays.copyOfRange(tokens, split, tokens.length);
    try (Backend backend = CpuBackend.open(2, false);
        TnlTrainable model = new TnlTrainable(backend, CONFIG, SEQUENCES, LENGTH)) {
      new TnlFamily(CONFIG).initialise(model, backend, 1);
      learn(backend, model, tokens, split);
      Checkpoints.write(folder, CONFIG, backend, model);
    }
    exact = logits(WeightStorage.F32);
  }

  private static int[] prose() throws IOException {
    Path root = Path.of("../..").toAbsolutePath().normalize();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (String name : List.of("CONTRIBUTING.md", "ARCHITECTURE.md", "README.md")) {
      text.write(Files.readAllBytes(root.resolve(name)));
    }
    byte[] bytes = text.toByteArray();
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = Byte.toUnsignedInt(bytes[i]);
    }
    return tokens;
  }

  private static void learn(Backend backend, TnlTrainable model, int[] tokens, int end) {
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    model.parameters().byName().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    long bytes = NamedTensors.bytes(shapes);
    NamedTensors m = new NamedTensors(backend.allocate("m", bytes), shapes);
    NamedTensors v = new NamedTensors(backend.allocate("v", bytes), shapes);
    Random random = new Random(1);
    int[] inputs = new int[SEQUENCES * LENGTH];
    int[] targets = new int[SEQUENCES * LENGTH];
    for (int step = 1; step <= STEPS; step++) {
      for (int s = 0; s < SEQUENCES; s++) {
        int from = random.nextInt(end - LENGTH - 1);
        System.arraycopy(tokens, from, inputs, s * LENGTH, LENGTH);
        System.arraycopy(tokens, from + 1, targets, s * LENGTH, LENGTH);
      }
      backend.clear(model.gradients().all());
      model.forwardBackward(inputs, targets, SEQUENCES, LENGTH);
      double rate = 4e-3 * Math.min(1, step / 20.0) * (1 - 0.9 * step / STEPS);
      backend
          .optimizer()
          .adamW(
              model.parameters().all(),
              m.all(),
              v.all(),
              model.gradients().all(),
              new Optimizer.AdamW(rate, 0.9, 0.95, 1e-8, 0, step, 1));
    }
  }

  /** Logits after each of the text's tokens, most of them decoded. */
  private static Logits[] logits(WeightStorage storage) throws IOException {
    Logits[] all = new Logits[HELDOUT / 2];
    try (CausalLm lm = load(folder, storage);
        SequenceState state = lm.newState()) {
      int read = HELDOUT - all.length;
      lm.prefill(state, heldout, 0, read, new Logits(1, CONFIG.vocabSize()));
      for (int i = 0; i < all.length; i++) {
        all[i] = new Logits(1, CONFIG.vocabSize());
        lm.decode(List.of(state), new int[] {heldout[read + i]}, all[i]);
      }
    }
    return all;
  }

  private static CausalLm load(Path path, WeightStorage storage) throws IOException {
    return CausalLm.load(path, LoadOptions.threads(2).withWeights(storage));
  }

  private static double[] probabilities(Logits logits) {
    double[] p = new double[logits.vocab()];
    double largest = logits.get(0, logits.argMax(0));
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits.get(0, i) - largest);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /** KL divergence in nats, and how often the most probable token changes. */
  @ParameterizedTest
  @CsvSource({"BF16, 1e-5, 0.01", "INT8, 1e-4, 0.02"})
  void whatAModelHasLearnedStays(WeightStorage storage, double mostNats, double mostChanges)
      throws IOException {
    Logits[] stored = logits(storage);

    double nats = 0;
    int changes = 0;
    for (int i = 0; i < exact.length; i++) {
      double[] p = probabilities(exact[i]);
      double[] q = probabilities(stored[i]);
      for (int token = 0; token < p.length; token++) {
        nats += p[token] * Math.log(p[token] / q[token]) / exact.length;
      }
      changes += exact[i].argMax(0) == stored[i].argMax(0) ? 0 : 1;
    }

    double before = mean(WeightStorage.F32);
    double after = mean(storage);
    if (Boolean.getBoolean("tnl.test.errors")) {
      System.out.printf(
          "%s: KL %.2e nats, top-1 changes %d of %d, loss %.4f -> %.4f%n",
          storage, nats, changes, exact.length, before, after);
    }
    assertThat(before).as("has learned something").isLessThan(Math.log(CONFIG.vocabSize()) - 2);
    assertThat(nats).isBetween(0.0, mostNats);
    assertThat(changes / (double) exact.length).isLessThan(mostChanges);
    assertThat(after).isLessThan(before + 0.002);
  }

  private static double mean(WeightStorage storage) throws IOException {
    try (CausalLm lm = load(folder, storage)) {
      return Arrays.stream(lm.negativeLogLikelihood(heldout)).average().orElseThrow();
    }
  }

  /** Largest error of a logit over the largest logit. */
  @ParameterizedTest
  @CsvSource({
    "tnl1-small, F32, 2e-5",
    "tnl1-small, BF16, 2e-2",
    "tnl1-small, INT8, 6e-2",
    "tnl3-small, F32, 2e-5",
    "tnl3-small, BF16, 2e-2",
    "tnl3-small, INT8, 6e-2"
  })
  void goldenLogitsAreNear(String name, WeightStorage storage, double tolerance)
      throws IOException {
    try (Golden golden = Golden.open(name + "/golden.safetensors");
        CausalLm lm = load(Golden.path(name), storage);
        SequenceState state = lm.newState()) {
      int[] prompt = golden.ints("decode.prompt");
      Logits last = new Logits(1, lm.config().vocabSize());

      lm.prefill(state, prompt, 0, prompt.length, last);

      float[] expected = Arrays.copyOf(golden.floats("decode.logits"), lm.config().vocabSize());
      float[] actual = last.segment().toArray(ValueLayout.JAVA_FLOAT);
      Numbers.assertClose(name + " " + storage, actual, expected, tolerance);
    }
  }

  @Test
  void aBfloat16CheckpointIsKeptAsItIsAndExact() throws IOException {
    Path rounded = Files.createDirectories(folder.resolve("rounded"));
    writeBfloat16(rounded);
    double[] floats;
    double[] stored;
    double[] bfloat16;
    try (CausalLm a = load(rounded, WeightStorage.F32);
        CausalLm b = load(rounded, WeightStorage.STORED);
        CausalLm c = load(rounded, WeightStorage.BF16)) {
      floats = a.negativeLogLikelihood(heldout);
      stored = b.negativeLogLikelihood(heldout);
      bfloat16 = c.negativeLogLikelihood(heldout);
    }

    assertThat(stored).isEqualTo(bfloat16);
    for (int i = 0; i < floats.length; i++) {
      assertThat(Math.abs(stored[i] - floats[i])).isLessThan(2e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(WeightStorage.class)
  void untrainedWeightsAreTheInitialOnesWithoutAFile(WeightStorage storage) throws IOException {
    TnlConfig config = TnlConfig.of(256, 128, 2, 2, 384, 3);
    TnlFamily family = new TnlFamily(config);
    Path initial = Files.createDirectories(folder.resolve("initial-" + storage));
    try (Backend backend = CpuBackend.open(1, false);
        TnlTrainable model = new TnlTrainable(backend, config, 1, 8)) {
      family.initialise(model, backend, 5);
      Checkpoints.write(initial, config, backend, model);
    }

    try (CausalLm read = load(initial, storage);
        CausalLm drawn = family.untrained(5, CpuBackend.open(1, false), storage);
        CausalLm other = family.untrained(6, CpuBackend.open(1, false), storage)) {
      assertThat(drawn.weights()).isEqualTo(read.weights());
      assertThat(drawn.negativeLogLikelihood(heldout))
          .isEqualTo(read.negativeLogLikelihood(heldout))
          .isNotEqualTo(other.negativeLogLikelihood(heldout));
    }
  }

  private static void writeBfloat16(Path target) throws IOException {
    CheckpointFolder to = new CheckpointFolder(target);
    try (ModelWeights weights = ModelFamilies.weights(folder);
        Arena arena = Arena.ofConfined()) {
      List<SafetensorsWriter.Source> sources = new ArrayList<>();
      for (TensorSpec spec : weights.tensors()) {
        MemorySegment floats = arena.allocate(spec.elements() * Float.BYTES, Float.BYTES);
        weights.copyFloats(spec.name(), floats, 0);
        MemorySegment halves = arena.allocate(spec.elements() * Short.BYTES, Short.BYTES);
        for (long i = 0; i < spec.elements(); i++) {
          float nearest = PhaseRounding.bfloat16(floats.getAtIndex(ValueLayout.JAVA_FLOAT, i));
          halves.setAtIndex(
              ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(nearest) >>> 16));
        }
        sources.add(new SafetensorsWriter.Source(spec.name(), DType.BF16, spec.shape(), halves));
      }
      SafetensorsWriter.write(to.model(), sources, Map.of());
    }
    CONFIG.write(to.config());
  }

  @ParameterizedTest
  @CsvSource({"BF16", "INT8"})
  void threadsDoNotChangeABitAndPrefillIsTheRecurrence(WeightStorage storage) throws IOException {
    int[] text = Arrays.copyOf(heldout, 150);
    Logits whole = new Logits(1, CONFIG.vocabSize());
    Logits again = new Logits(1, CONFIG.vocabSize());
    Logits steps = new Logits(1, CONFIG.vocabSize());
    try (CausalLm two = load(folder, storage);
        CausalLm one = CausalLm.load(folder, LoadOptions.threads(1).withWeights(storage));
        SequenceState a = two.newState();
        SequenceState b = one.newState();
        SequenceState c = two.newState()) {
      two.prefill(a, text, 0, text.length, whole);
      one.prefill(b, text, 0, text.length, again);
      for (int token : text) {
        two.decode(List.of(c), new int[] {token}, steps);
      }
    }

    float[] expected = whole.segment().toArray(ValueLayout.JAVA_FLOAT);
    assertThat(again.segment().toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(expected);
    Numbers.assertClose("steps", steps.segment().toArray(ValueLayout.JAVA_FLOAT), expected, 5e-5);
  }
}
