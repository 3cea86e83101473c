package org.transnormer.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Optimizer.AdamW;
import org.transnormer.model.lm.GradientListener;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Tensor;

/**
 * AdamW over the parameters of a model: the moments, and one call per stretch of equal decay. Where
 * ranks share the optimizer, each has the moments of its slice, updates it and hands it to the
 * others as they compute with it.
 */
public final class ParameterUpdate implements AutoCloseable {

  /** Added to the norm that the clipping limit is divided by, as the usual libraries do. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Backend backend;
  private final LanguageModel model;
  private final Collectives group;
  private final Slices slices;
  private final int rank;
  private final Moments firstMoments;
  private final Moments secondMoments;
  private final GradientListener exchange;
  private final Collectives tensorGroup;
  private final List<Stretch> stretches;
  private final List<Stretch> counted;

  /** Parameters that follow each other and decay alike, as rows of the flat tensors. */
  private record Stretch(long from, long to, boolean decays) {}

  public ParameterUpdate(Backend backend, LanguageModel model) {
    this(backend, model, Ranks.alone());
  }

  ParameterUpdate(Backend backend, LanguageModel model, Ranks ranks) {
    this.backend = backend;
    this.model = model;
    this.group = ranks.batch();
    boolean shared = ranks.sharding() == Sharding.OPTIMIZER;
    this.slices = new Slices(model.parameters().all().elements(), shared ? group.size() : 1);
    this.rank = shared ? group.rank() : 0;
    this.firstMoments = new Moments("first moments", backend, model, slices, group, rank);
    this.secondMoments = new Moments("second moments", backend, model, slices, group, rank);
    this.exchange =
        group.size() == 1
            ? GradientListener.NONE
            : new GradientExchange(model.gradients().all(), slices, group);
    this.tensorGroup = ranks.model().tensor();
    this.stretches = stretches(model, slices.from(rank), slices.to(rank));
    this.counted = counted(model, tensorGroup.rank());
  }

  /** What of this rank's numbers belongs into a sum over all: what all have, only one counts. */
  private static List<Stretch> counted(LanguageModel model, int tensorRank) {
    List<Stretch> counted = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      if (tensorRank == 0 || !model.replicated(entry.getKey())) {
        long from = entry.getValue().offset();
        long to = from + entry.getValue().elements();
        boolean follows = !counted.isEmpty() && counted.getLast().to == from;
        counted.add(new Stretch(follows ? counted.removeLast().from : from, to, false));
      }
    }
    return List.copyOf(counted);
  }

  private static List<Stretch> stretches(LanguageModel model, long begin, long end) {
    List<Stretch> stretches = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      boolean decays = model.decays(entry.getKey());
      long from = Math.max(begin, entry.getValue().offset());
      long to = Math.min(end, entry.getValue().offset() + entry.getValue().elements());
      if (from >= to) {
        continue;
      }
      if (!stretches.isEmpty() && stretches.getLast().decays == decays) {
        from = stretches.removeLast().from;
      }
      stretches.add(new Stretch(from, to, decays));
    }
    return List.copyOf(stretches);
  }

  Moments firstMoments() {
    return firstMoments;
  }

  Moments secondMoments() {
    return secondMoments;
  }

  /** Adds up the ranks' gradients in the backward pass that it listens to. */
  GradientListener exchange() {
    return exchange;
  }

  /** Over all parameters together, summed part by part in an order that no rank changes. */
  public double gradientNorm() {
    List<Integer> parts = new ArrayList<>();
    List<Tensor> pieces = new ArrayList<>();
    for (int part = slices.firstPart(rank); part < slices.firstPart(rank + 1); part++) {
      for (Stretch s : counted) {
        long from = Math.max(s.from, slices.part(part));
        long to = Math.min(s.to, slices.part(part + 1));
        if (from < to) {
          parts.add(part);
          pieces.add(model.gradients().all().rows(from, to));
        }
      }
    }
    double[] squares = backend.optimizer().sumsOfSquares(pieces);
    double[] sums = new double[Slices.PARTS];
    for (int i = 0; i < squares.length; i++) {
      sums[parts.get(i)] += squares[i];
    }
    if (slices.ranks() > 1) {
      group.allReduce(sums);
    }
    tensorGroup.allReduce(sums);
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return Math.sqrt(sum);
  }

  /** The factor that brings a gradient of this norm down to the limit. */
  public static double clipFactor(double clip, double norm) {
    return clip == 0 ? 1 : Math.min(1, clip / (norm + CLIP_EPSILON));
  }

  /**
   * @param step number of this update, the first is 1
   */
  public void apply(OptimizerSpec spec, double learningRate, long step, double gradientScale) {
    for (Stretch s : stretches) {
      double decay = s.decays ? spec.weightDecay() : 0;
      apply(
          s,
          new AdamW(
              learningRate,
              spec.beta1(),
              spec.beta2(),
              spec.epsilon(),
              decay,
              step,
              gradientScale));
    }
    if (slices.ranks() > 1) {
      hand();
    }
  }

  /** To the other ranks what they compute with: rounded parameters, and those that stay exact. */
  private void hand() {
    group.allGather(model.rounded().all(), slices);
    if (model.rounded() == model.parameters()) {
      return;
    }
    Tensor parameters = model.parameters().all();
    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      if (model.exact(entry.getKey())) {
        long from = entry.getValue().offset();
        group.allGather(parameters, slices, from, from + entry.getValue().elements());
      }
    }
  }

  /** Brings all exact parameters to every rank, where each has its slice of them only. */
  void gatherParameters() {
    if (slices.ranks() > 1) {
      group.allGather(model.parameters().all(), slices);
    }
  }

  private void apply(Stretch s, AdamW update) {
    NamedTensors rounded = model.rounded();
    long first = slices.from(rank);
    backend
        .optimizer()
        .adamW(
            model.parameters().all().rows(s.from, s.to),
            firstMoments.own().rows(s.from - first, s.to - first),
            secondMoments.own().rows(s.from - first, s.to - first),
            model.gradients().all().rows(s.from, s.to),
            rounded == model.parameters() ? null : rounded.all().rows(s.from, s.to),
            update);
  }

  @Override
  public void close() {
    firstMoments.close();
    secondMoments.close();
  }
}
