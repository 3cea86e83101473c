package org.transnormer.model.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Optimizer.AdamW;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Tensor;

/** AdamW over all parameters of a model: the moments, and one call per stretch of equal decay. */
public final class ParameterUpdate implements AutoCloseable {

  /** Added to the norm that the clipping limit is divided by, as the usual libraries do. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Backend backend;
  private final LanguageModel model;
  private final NamedTensors firstMoments;
  private final NamedTensors secondMoments;
  private final List<Stretch> stretches;

  /** Parameters that follow each other and decay alike, as rows of the flat tensors. */
  private record Stretch(long from, long to, boolean decays) {}

  public ParameterUpdate(Backend backend, LanguageModel model) {
    this.backend = backend;
    this.model = model;
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    model.parameters().byName().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    long bytes = NamedTensors.bytes(shapes);
    this.firstMoments = new NamedTensors(backend.allocate("first moments", bytes), shapes);
    this.secondMoments = new NamedTensors(backend.allocate("second moments", bytes), shapes);
    this.stretches = stretches(model);
  }

  private static List<Stretch> stretches(LanguageModel model) {
    List<Stretch> stretches = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      boolean decays = model.decays(entry.getKey());
      long from = entry.getValue().offset();
      long to = from + entry.getValue().elements();
      if (!stretches.isEmpty() && stretches.getLast().decays == decays) {
        from = stretches.removeLast().from;
      }
      stretches.add(new Stretch(from, to, decays));
    }
    return List.copyOf(stretches);
  }

  NamedTensors firstMoments() {
    return firstMoments;
  }

  NamedTensors secondMoments() {
    return secondMoments;
  }

  /** Over all parameters together. */
  public double gradientNorm() {
    return Math.sqrt(backend.optimizer().sumOfSquares(model.gradients().all()));
  }

  /** The factor that brings a gradient of this norm down to the limit. */
  public static double clipFactor(double clip, double norm) {
    return clip == 0 ? 1 : Math.min(1, clip / (norm + CLIP_EPSILON));
  }

  /**
   * @param step number of this update, the first is 1
   */
  public void apply(OptimizerSpec spec, double learningRate, long step, double gradientScale) {
    NamedTensors rounded = model.rounded();
    for (Stretch s : stretches) {
      AdamW update =
          new AdamW(
              learningRate,
              spec.beta1(),
              spec.beta2(),
              spec.epsilon(),
              s.decays ? spec.weightDecay() : 0,
              step,
              gradientScale);
      backend
          .optimizer()
          .adamW(
              model.parameters().all().rows(s.from, s.to),
              firstMoments.all().rows(s.from, s.to),
              secondMoments.all().rows(s.from, s.to),
              model.gradients().all().rows(s.from, s.to),
              rounded == model.parameters() ? null : rounded.all().rows(s.from, s.to),
              update);
    }
  }

  @Override
  public void close() {
    backend.release(firstMoments.storage());
    backend.release(secondMoments.storage());
  }
}
