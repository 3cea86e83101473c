package org.transnormer.model.lm.tnl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.golden.Numbers;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.Objective;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.oracle.TapeTnl;

/** The library against the model on a tape in double, and the tape against finite differences. */
class TnlOracleTest {

  private static final double VALUE = 2e-5;
  private static final double GRADIENT = 1e-4;
  private static final List<String> ACTIVATIONS =
      List.of("silu", "none", "sigmoid", "1+elu", "sine", "exp");

  private final Backend backend = CpuBackend.open(2, false);

  @AfterEach
  void close() {
    backend.close();
  }

  /** Configurations, shapes, packing, masks and the term in Z, all by the seed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void lossLogitsAndGradientsAreTheTapes(long seed) {
    Random random = new Random(seed);
    TnlConfig config = config(random);
    int sequences = 1 + random.nextInt(3);
    int length = 5 + random.nextInt(90);
    TokenBatch batch = batch(random, config, sequences, length);
    Objective objective = new Objective(1.0 / batch.counting(), random.nextBoolean() ? 0 : 0.01);
    TnlTrainable model =
        new TnlTrainable(
            backend, config, new TrainingShape(sequences, length, random.nextBoolean()));
    new TnlFamily(config).initialise(model, backend, seed);
    TapeTnl.Pass expected = new TapeTnl(config, numbers(model)).run(batch, objective);

    Map<String, float[]> seen = new HashMap<>();
    model.inspect(batch, (name, x) -> seen.put(name, array(backend, x)));
    BatchLoss loss = model.forwardBackward(batch, objective);

    assertClose(
        "logits", Objects.requireNonNull(seen.get("logits")), floats(expected.logits()), VALUE);
    if (objective.zLoss() == 0) {
      assertThat(loss.mean()).isCloseTo(expected.loss(), within(1e-5));
    }
    expected
        .gradients()
        .forEach((name, gradient) ->
            assertClose(
                "%s of %s".formatted(name, config),
                array(backend, model.gradients().get(name)),
                floats(gradient),
                GRADIENT));
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24})
  void theTapesGradientsAreFiniteDifferences(long seed) {
    Random random = new Random(seed);
    TnlConfig config = config(random);
    if (config.activation().equals("exp")) {
      return; // its gradient leaves the maximum out on purpose
    }
    TokenBatch batch = batch(random, config, 2, 17);
    for (int i = 0; i < batch.inputs().length; i++) {
      // looking the padding token up has a slope but, on purpose, no gradient
      batch.inputs()[i] = batch.inputs()[i] == config.padToken() ? 0 : batch.inputs()[i];
    }
    Objective objective = new Objective(1.0 / batch.counting(), 0.02);
    TnlTrainable model = new TnlTrainable(backend, config, 1, 1);
    new TnlFamily(config).initialise(model, backend, seed);
    Map<String, double[]> at = numbers(model);
    TapeTnl.Pass pass = new TapeTnl(config, at).run(batch, objective);

    for (String name : at.keySet()) {
      double[] x = Objects.requireNonNull(at.get(name));
      double[] gradient = Objects.requireNonNull(pass.gradients().get(name));
      double[] direction = random.doubles(x.length, -1, 1).toArray();
      double slope = 0;
      for (int i = 0; i < x.length; i++) {
        slope += gradient[i] * direction[i];
      }
      double h = 1e-5;
      double up = lossAt(config, at, name, direction, h, batch, objective);
      double down = lossAt(config, at, name, direction, -h, batch, objective);

      double size = Arrays.stream(gradient).map(Math::abs).sum();
      assertThat((up - down) / (2 * h)).as(name).isCloseTo(slope, within(1e-7 * (1 + size)));
    }
  }

  @Test
  void packedDocumentsAreTheDocumentsAlone() {
    TnlConfig config = TnlConfig.of(61, 32, 3, 4, 48, 0).withGate(8);
    int[] lengths = {3, 70, 1, 64, 129, 33};
    int total = Arrays.stream(lengths).sum();
    Random random = new Random(5);
    int[] inputs = random.ints(total, 0, 61).toArray();
    int[] targets = random.ints(total, 0, 61).toArray();
    int[] starts = new int[total];
    int at = 0;
    for (int length : lengths) {
      Arrays.fill(starts, at, at + length, at);
      at += length;
    }
    TnlTrainable model = new TnlTrainable(backend, config, 1, total);
    new TnlFamily(config).initialise(model, backend, 3);
    Objective objective = Objective.meanOver(total);

    BatchLoss packed =
        model.forwardBackward(TokenBatch.packed(inputs, targets, 1, total, starts), objective);
    float[] gradient = array(backend, model.gradients().all());
    backend.clear(model.gradients().all());
    double nats = 0;
    at = 0;
    for (int length : lengths) {
      int[] in = Arrays.copyOfRange(inputs, at, at + length);
      int[] out = Arrays.copyOfRange(targets, at, at + length);
      nats += model.forwardBackward(TokenBatch.of(in, out, 1, length), objective).nats();
      at += length;
    }

    assertThat(packed.nats()).isCloseTo(nats, within(1e-6 * nats));
    assertClose("gradient", gradient, array(backend, model.gradients().all()), 1e-5);
  }

  @Test
  void recomputedActivationsGiveTheSameBitsInLessMemory() {
    TnlConfig config =
        new TnlConfig(
            53,
            32,
            6,
            4,
            48,
            true,
            List.of(true, false, true, false, false, true),
            "silu",
            0.1,
            -1,
            0,
            0);
    TokenBatch batch = batch(new Random(8), config, 2, 100);
    float[][] gradients = new float[2][];
    long[] bytes = new long[2];
    for (int i = 0; i < 2; i++) {
      TnlTrainable model = new TnlTrainable(backend, config, new TrainingShape(2, 100, i == 1));
      new TnlFamily(config).initialise(model, backend, 4);
      model.forwardBackward(batch, Objective.meanOver(batch.counting()));
      gradients[i] = array(backend, model.gradients().all());
      bytes[i] = model.plan().bytes();
    }

    assertThat(gradients[1]).isEqualTo(gradients[0]);
    assertThat(bytes[1]).isLessThan(bytes[0] * 2 / 3);
  }

  @Test
  void phasesInBfloat16MoveTheLogitsALittle() {
    TnlConfig exact = TnlConfig.of(61, 32, 2, 4, 48, 0);
    TnlConfig rounded = exact.withPhases(PhaseRounding.BFLOAT16);
    TokenBatch batch = batch(new Random(9), exact, 1, 600);
    float[][] logits = new float[2][];
    for (int i = 0; i < 2; i++) {
      TnlTrainable model = new TnlTrainable(backend, i == 0 ? exact : rounded, 1, 600);
      new TnlFamily(exact).initialise(model, backend, 4);
      float[] all = new float[600 * 61];
      model.inspect(
          batch,
          (name, x) -> {
            if (name.equals("logits")) {
              System.arraycopy(array(backend, x), 0, all, 0, all.length);
            }
          });
      logits[i] = all;
    }

    double distance = Numbers.relative(logits[1], logits[0]);
    assertThat(distance).isBetween(1e-4, 0.5);
  }

  private static TnlConfig config(Random random) {
    int heads = 1 + random.nextInt(6);
    int head = 1 + random.nextInt(12);
    int hidden = heads * head;
    int layers = 1 + random.nextInt(4);
    boolean third = random.nextBoolean();
    boolean narrow = !third && random.nextInt(3) == 0;
    List<Boolean> lrpe = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      lrpe.add(!narrow && random.nextBoolean());
    }
    int vocab = 11 + random.nextInt(60);
    int width = narrow ? hidden + 5 : hidden;
    return new TnlConfig(
        vocab,
        width,
        layers,
        heads,
        3 + random.nextInt(50),
        random.nextBoolean(),
        lrpe,
        ACTIVATIONS.get(random.nextInt(ACTIVATIONS.size())),
        0.3,
        random.nextBoolean() ? TnlConfig.NO_TOKEN : 3,
        0,
        1,
        hidden,
        third ? 1 + random.nextInt(9) : 0,
        PhaseRounding.FLOAT64);
  }

  private static TokenBatch batch(Random random, TnlConfig config, int sequences, int length) {
    int count = sequences * length;
    int[] inputs = random.ints(count, 0, config.vocabSize()).toArray();
    int[] targets = random.ints(count, 0, config.vocabSize()).toArray();
    for (int i = 1; i < count; i += 1 + random.nextInt(9)) {
      targets[i] = Loss.IGNORE;
    }
    int @Nullable [] starts = null;
    if (random.nextBoolean()) {
      starts = new int[count];
      for (int i = 0; i < count; i++) {
        boolean begins = i % length == 0 || random.nextInt(20) == 0;
        starts[i] = begins ? i % length : starts[i - 1];
      }
    }
    return TokenBatch.packed(inputs, targets, sequences, length, starts);
  }

  private Map<String, double[]> numbers(TnlTrainable model) {
    Map<String, double[]> numbers = new HashMap<>();
    model
        .parameters()
        .byName()
        .forEach((name, tensor) -> {
          float[] x = array(backend, tensor);
          double[] y = new double[x.length];
          for (int i = 0; i < x.length; i++) {
            y[i] = x[i];
          }
          numbers.put(name, y);
        });
    return numbers;
  }

  private static double lossAt(
      TnlConfig config,
      Map<String, double[]> at,
      String name,
      double[] direction,
      double step,
      TokenBatch batch,
      Objective objective) {
    Map<String, double[]> moved = new HashMap<>(at);
    double[] x = Objects.requireNonNull(at.get(name)).clone();
    for (int i = 0; i < x.length; i++) {
      x[i] += step * direction[i];
    }
    moved.put(name, x);
    return new TapeTnl(config, moved).run(batch, objective).loss();
  }

  private static float[] floats(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }
}
