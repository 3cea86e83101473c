package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.cli.verify.Comparison.Measure;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.tensor.Tensor;

/**
 * A folder with bf16 weights, the reference's logits in bf16 and those of exact arithmetic on the
 * same weights. What is computed here from those weights must be no further from the exact ones
 * than a multiple of the reference's own error, and where it computes in float, as near as float
 * is.
 */
record Bf16Subject(String name, Path folder, ModelConfig config) implements Subject {

  private static final String EXACT = "logits_bf16weights_float64";
  private static final String REFERENCE = "logits_bf16";

  @Override
  public Outcome verify(Tools tools) throws IOException {
    try (GoldenFile golden = GoldenFile.open(folder.resolve(Subjects.GOLDEN))) {
      Ledger ledger = new Ledger(golden);
      int[] shape = golden.shape("input_ids", 2);
      float[] logits = new float[Math.multiplyExact(shape[0] * shape[1], config.vocabSize())];
      try (LanguageModel model =
          ModelFamilies.of(config).trainable(tools.backend(), shape[0], shape[1])) {
        for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
          float[] weights = golden.floats("weights." + entry.getKey());
          tools.backend().write(entry.getValue(), MemorySegment.ofArray(weights));
        }
        model.round();
        int[] inputs = golden.ints("input_ids");
        int[] at = {0};
        model.inspect(
            TokenBatch.of(inputs, inputs, shape[0], shape[1]),
            (tensor, x) -> {
              if (tensor.equals("logits")) {
                float[] rows = HostTensors.array(tools.backend(), x);
                System.arraycopy(rows, 0, logits, at[0], rows.length);
                at[0] += rows.length;
              }
            });
      }
      ledger.relative("logits of the bf16 weights", EXACT, logits, Tolerances.VALUE);
      double[] exact = golden.doubles(EXACT);
      double theirs = Measures.relativeL2(golden.doubles(REFERENCE), exact);
      double ours = Measures.relativeL2(Measures.doubles(logits), exact);
      ledger.add(
          new Comparison(
              "error beside the reference's in bf16",
              Measure.RATIO,
              ours / theirs,
              Tolerances.BF16_RATIO,
              ""));
      return ledger.outcome();
    }
  }

  /**
   * The configuration, if there is one, of a neighbouring folder whose tensors these weights are.
   */
  static Optional<ModelConfig> neighbour(Path folder, GoldenFile golden) throws IOException {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      return Optional.empty();
    }
    for (Path sibling : Subjects.sorted(parent)) {
      Optional<ModelConfig> config = Subjects.known(sibling.resolve(Subjects.CONFIG));
      if (config.isPresent() && fits(config.get(), golden)) {
        return config;
      }
    }
    return Optional.empty();
  }

  private static boolean fits(ModelConfig config, GoldenFile golden) throws IOException {
    List<TensorSpec> tensors = ModelFamilies.of(config).tensors();
    for (TensorSpec tensor : tensors) {
      String name = "weights." + tensor.name();
      if (!golden.has(name) || !matches(golden.shape(name), tensor.shape())) {
        return false;
      }
    }
    return golden.names().stream().filter(n -> n.startsWith("weights.")).count() == tensors.size();
  }

  private static boolean matches(int[] shape, List<Long> axes) {
    return Arrays.stream(shape).mapToObj(axis -> (long) axis).toList().equals(axes);
  }
}
