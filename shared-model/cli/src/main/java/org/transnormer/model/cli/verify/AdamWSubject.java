package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.ParameterUpdate;
import org.transnormer.model.train.Schedule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder that records some steps of training: losses, gradient norms and weights. */
record AdamWSubject(String name, Path folder, ModelConfig config) implements Subject {

  @Override
  public Outcome verify(Tools tools) throws IOException {
    try (GoldenFile golden = GoldenFile.open(folder.resolve(Subjects.GOLDEN))) {
      int[] shape = golden.shape("batches", 3);
      Ledger ledger = new Ledger(golden);
      try (LanguageModel model =
              ModelFamilies.of(config).trainable(tools.backend(), shape[1], shape[2]);
          ParameterUpdate update = new ParameterUpdate(tools.backend(), model)) {
        Weights.load(folder, config, model, tools.backend());
        run(tools.backend(), golden, ledger, model, update, shape);
      }
      return ledger.outcome();
    }
  }

  private void run(
      Backend backend,
      GoldenFile golden,
      Ledger ledger,
      LanguageModel model,
      ParameterUpdate update,
      int[] shape)
      throws IOException {
    OptimizerSpec spec = optimizer(folder.resolve("golden.json"));
    int[] batches = golden.ints("batches");
    int tokens = shape[1] * shape[2];
    double[] losses = new double[shape[0]];
    float[] norms = new float[shape[0]];
    for (int step = 1; step <= shape[0]; step++) {
      int[] inputs = Arrays.copyOfRange(batches, (step - 1) * tokens, step * tokens);
      int[] targets = ModelSubject.shifted(inputs, shape[2]);
      backend.clear(model.gradients().all());
      losses[step - 1] = model.forwardBackward(inputs, targets, shape[1], shape[2]).mean();
      double norm = update.gradientNorm();
      norms[step - 1] = (float) norm;
      double clip = ParameterUpdate.clipFactor(spec.clip(), norm);
      update.apply(spec, spec.learningRate(step, shape[0]), step, clip);
      if (step == 1) {
        weights(backend, ledger, golden, model, "step1.");
      }
    }
    ledger.absolute("loss", "loss", losses, Tolerances.TRAINING_LOSS);
    ledger.byRow("grad_norm", norms, 1, Tolerances.GRADIENT_NORM);
    weights(backend, ledger, golden, model, "final.");
  }

  private static void weights(
      Backend backend, Ledger ledger, GoldenFile golden, LanguageModel model, String prefix)
      throws IOException {
    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      String tensor = prefix + entry.getKey();
      if (golden.has(tensor)) {
        float[] weights = HostTensors.array(backend, entry.getValue());
        ledger.absolute(tensor, tensor, weights, Tolerances.TRAINED_WEIGHT);
      }
    }
  }

  /** The settings that the folder's own summary states, or those of the golden files. */
  private static OptimizerSpec optimizer(Path summary) throws IOException {
    JsonNode json =
        Files.exists(summary)
            ? JsonMapper.shared().readTree(Files.readString(summary))
            : JsonMapper.shared().createObjectNode();
    return new OptimizerSpec(
        json.path("lr").asDouble(3e-3),
        Schedule.CONSTANT,
        0,
        0,
        json.path("weight_decay").asDouble(0.1),
        json.path("betas").path(0).asDouble(0.9),
        json.path("betas").path(1).asDouble(0.95),
        json.path("eps").asDouble(1e-8),
        1);
  }
}
