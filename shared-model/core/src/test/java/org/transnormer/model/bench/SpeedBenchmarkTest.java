package org.transnormer.model.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.golden.Numbers;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.tnl.Checkpoints;
import org.transnormer.model.tensor.Tensor;

/**
 * Tokens per second of training, scoring and decoding, beside what the machine does at the same
 * moment: best of several, since other work on it only ever takes away.
 */
@Tag("benchmark")
class SpeedBenchmarkTest {

  private static final int THREADS = Integer.getInteger("tnl.bench.threads", 2);
  private static final boolean PIN = Boolean.getBoolean("tnl.bench.pin");
  private static final long NANOS_PER_CASE = 8_000_000_000L;

  @TempDir static Path folder;

  @Test
  void training() {
    try (Backend backend = CpuBackend.open(THREADS, PIN)) {
      System.out.println(backend.describe());
      train(backend, "1.05 M, 8 x 128", TnlConfig.of(1024, 128, 4, 4, 384, 0), 8, 128);
      train(backend, "2.1 M, 8 x 128", TnlConfig.of(1024, 192, 4, 4, 512, 0), 8, 128);
      train(backend, "3.9 M, 8 x 256", TnlConfig.of(1024, 256, 4, 4, 768, 0), 8, 256);
      train(backend, "33.6 M, 4 x 512", TnlConfig.of(8192, 512, 8, 4, 1536, 0), 4, 512);
    }
  }

  private static void train(Backend backend, String name, TnlConfig config, int batch, int time) {
    ModelFamily family = ModelFamilies.of(config);
    try (LanguageModel model = family.trainable(backend, batch, time)) {
      family.initialise(model, backend, 1);
      int[] tokens = tokens(batch * time, config.vocabSize());
      Product product = new Product(backend);
      double step = Double.POSITIVE_INFINITY;
      long end = System.nanoTime() + NANOS_PER_CASE;
      while (System.nanoTime() < end) {
        product.once();
        step = Math.min(step, seconds(() -> model.forwardBackward(tokens, tokens, batch, time)));
      }
      double flops = flops(config, time) * batch * time;
      System.out.printf(
          "train %-16s %,8.0f tokens/s  %6.1f GFLOP/s, %3.0f %% of this minute's sgemm (%.0f)%n",
          name,
          batch * time / step,
          flops / step * 1e-9,
          100 * flops / step * 1e-9 / product.best(),
          product.best());
    }
  }

  /** Six per weight and token, and attention's products by chunks of 64. */
  private static double flops(TnlConfig config, int time) {
    double weights = config.parameterCount() - (double) config.lrpeLayers() * config.width();
    double width = config.headWidth();
    double chunk = Math.min(64, time);
    double products = 4 * 2 * chunk * width + 9 * 2 * chunk * width;
    return 6 * weights + config.layers() * config.heads() * products;
  }

  @Test
  void scoringAndDecoding() throws IOException {
    serve("1.05 M", TnlConfig.of(1024, 128, 4, 4, 384, 0));
    serve("3.9 M", TnlConfig.of(1024, 256, 4, 4, 768, 0));
    serve("100 M", TnlConfig.of(16384, 1024, 6, 8, 2816, 0));
  }

  private static void serve(String name, TnlConfig config) throws IOException {
    Path checkpoint = folder.resolve(name.replace(' ', '-'));
    Files.createDirectories(checkpoint);
    try (Backend backend = CpuBackend.open(1, false)) {
      Checkpoints.write(checkpoint, config, backend, 1);
    }
    try (CausalLm lm = CausalLm.load(checkpoint, new LoadOptions(THREADS, PIN))) {
      int[] text = tokens(513, config.vocabSize());
      double score = best(() -> lm.negativeLogLikelihood(text));
      System.out.printf("score %-8s %,10.0f tokens/s%n", name, 512 / score);
      for (int batch : new int[] {1, 2, 4, 8}) {
        List<SequenceState> states = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
          states.add(lm.newState());
        }
        Logits logits = new Logits(batch, config.vocabSize());
        int[] next = tokens(batch, config.vocabSize());
        double step = best(() -> lm.decode(states, next, logits));
        double bytes = 4.0 * config.parameterCount() + 2.0 * batch * lm.stateBytes();
        System.out.printf(
            "decode %-8s batch %d  %8.3f ms  %,8.0f tokens/s  %5.1f GB/s%n",
            name, batch, step * 1e3, batch / step, bytes / step * 1e-9);
        states.forEach(SequenceState::close);
      }
    }
  }

  /** A large square product, cut and run as a layer's would be. */
  private static final class Product {

    private static final int SIZE = 1024;

    private final Backend backend;
    private final Tensor x;
    private final Tensor w;
    private final Tensor y;
    private double best = Double.POSITIVE_INFINITY;

    Product(Backend backend) {
      this.backend = backend;
      this.x = Numbers.tensor(backend, Numbers.normal(1, SIZE * SIZE), SIZE, SIZE);
      this.w = Numbers.tensor(backend, Numbers.normal(2, SIZE * SIZE), SIZE, SIZE);
      this.y = Numbers.zeros(backend, SIZE, SIZE);
    }

    void once() {
      best = Math.min(best, seconds(() -> backend.matmul().forward(Write.OVERWRITE, y, x, w)));
    }

    double best() {
      return 2.0 * SIZE * SIZE * SIZE / best * 1e-9;
    }
  }

  private static double best(Runnable work) {
    double best = Double.POSITIVE_INFINITY;
    long end = System.nanoTime() + NANOS_PER_CASE / 4;
    while (System.nanoTime() < end) {
      best = Math.min(best, seconds(work));
    }
    return best;
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) * 1e-9;
  }

  private static int[] tokens(int count, int vocab) {
    return new Random(3).ints(count, 0, vocab).toArray();
  }
}
