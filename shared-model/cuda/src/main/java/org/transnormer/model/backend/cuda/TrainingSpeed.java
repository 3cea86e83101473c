package org.transnormer.model.backend.cuda;

import java.util.Arrays;
import java.util.Random;
import org.transnormer.model.backend.Optimizer.AdamW;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Tensor;
import tools.jackson.databind.node.ObjectNode;

/** Whole steps of training on random tokens: gradient, its norm, clipping, AdamW. */
final class TrainingSpeed {

  private static final int WARM_UP = 4;
  private static final int STEPS = 12;

  /** What model FLOPs are counted against, as published for this card. */
  private static final double PEAK = 780e12;

  private final CudaBackend backend;
  private final DriverLauncher launcher;
  private final TnlConfig config;
  private final TrainingShape shape;

  TrainingSpeed(
      CudaBackend backend, DriverLauncher launcher, TnlConfig config, TrainingShape shape) {
    this.backend = backend;
    this.launcher = launcher;
    this.config = config;
    this.shape = shape;
  }

  void run(ObjectNode report) {
    long started = System.nanoTime();
    long before = launcher.bytesTaken();
    ModelFamily family = ModelFamilies.of(config);
    try (LanguageModel model = family.trainable(backend, shape)) {
      family.initialise(model, backend, 1);
      Tensor first = moments("first moments");
      Tensor second = moments("second moments");
      double[] seconds = new double[STEPS];
      double loss = Double.NaN;
      for (int step = 1; step <= WARM_UP + STEPS; step++) {
        int[] tokens = tokens(step);
        long begin = System.nanoTime();
        loss = step(model, first, second, tokens, step);
        double took = (System.nanoTime() - begin) * 1e-9;
        if (step == 1) {
          report.put("seconds to the first step's end", (System.nanoTime() - started) * 1e-9);
        }
        if (step > WARM_UP) {
          seconds[step - WARM_UP - 1] = took;
        }
      }
      report(report, seconds, loss, launcher.bytesTaken() - before, model);
      int[] tokens = tokens(0);
      CudaBench.profile(
          report, launcher, () -> step(model, first, second, tokens, WARM_UP + STEPS + 1));
      backend.release(first.storage());
      backend.release(second.storage());
    }
  }

  private Tensor moments(String name) {
    long parameters = config.parameterCount();
    return Tensor.of(backend.allocate(name, parameters * Float.BYTES), 0, parameters, 1);
  }

  private int[] tokens(long seed) {
    return new Random(seed)
        .ints((long) shape.sequences() * shape.length() + 1, 0, config.vocabSize())
        .toArray();
  }

  private double step(LanguageModel model, Tensor first, Tensor second, int[] tokens, int step) {
    int count = tokens.length - 1;
    NamedTensors gradients = model.gradients();
    backend.clear(gradients.all());
    BatchLoss loss =
        model.forwardBackward(
            Arrays.copyOf(tokens, count),
            Arrays.copyOfRange(tokens, 1, count + 1),
            shape.sequences(),
            shape.length());
    double norm = Math.sqrt(backend.optimizer().sumOfSquares(gradients.all()));
    AdamW update = new AdamW(1e-4, 0.9, 0.95, 1e-8, 0.1, step, Math.min(1, 1 / (norm + 1e-6)));
    backend
        .optimizer()
        .adamW(
            model.parameters().all(),
            first,
            second,
            gradients.all(),
            model.rounded().all(),
            update);
    backend.finish();
    return loss.mean();
  }

  private void report(
      ObjectNode report, double[] seconds, double loss, long bytes, LanguageModel model) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    double median = sorted[STEPS / 2];
    double tokens = (double) shape.sequences() * shape.length();
    long parameters = config.parameterCount();
    long planned = parameters * (4 * Float.BYTES + Short.BYTES) + model.plan().bytes();
    double utilisation = 6.0 * parameters * tokens / median / PEAK;
    report.put("parameters", parameters);
    report.put("tokens/s, median", tokens / median);
    report.put("tokens/s, best", tokens / sorted[0]);
    report.put("model FLOP utilisation of 780 TFLOP/s", utilisation);
    report.put("ms of the recorded gradient on the device", launcher.millisOfLatestPlay());
    report.put("bytes taken", bytes);
    report.put("bytes planned", planned);
    report.put("last loss", loss);
    CudaBench.say(
        "training %d x %d, %,d parameters: %.0f tokens/s (best %.0f), %.1f %%, %.1f GB (planned"
            + " %.1f), step %.2f ms of which gradient %.2f, loss %.3f",
        shape.sequences(),
        shape.length(),
        parameters,
        tokens / median,
        tokens / sorted[0],
        100 * utilisation,
        bytes * 1e-9,
        planned * 1e-9,
        median * 1e3,
        launcher.millisOfLatestPlay(),
        loss);
  }
}
