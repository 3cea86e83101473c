package org.transnormer.model.train;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Optimizer.AdamW;
import org.transnormer.model.lm.GradientListener;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ParameterLayout;
import org.transnormer.model.lm.ParameterMemory;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.parallel.Shares;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * AdamW over the parameters of a model: the moments, and one call per stretch of equal decay. Where
 * ranks share the optimizer, each has the moments of its slice and updates it; if they hold all
 * parameters, it hands its slice to the others as they compute with it.
 */
public final class ParameterUpdate implements AutoCloseable {

  /** Added to the norm that the clipping limit is divided by, as the usual libraries do. */
  private static final double CLIP_EPSILON = 1e-6;

  /** An update that others wait for is handed to them in so many pieces. */
  private static final int PIECES = 8;

  private final Backend backend;
  private final ParameterMemory memory;
  private final Collectives group;
  private final Collectives aside;
  private final Slices slices;
  private final int rank;
  private final Shares firstMoments;
  private final Shares secondMoments;
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
    this.group = ranks.batch();
    this.aside = group.aside();
    this.memory = model.memory();
    boolean shared = ranks.sharding() != Sharding.NONE;
    this.slices = new Slices(memory.layout().elements(), shared ? group.size() : 1);
    this.rank = shared ? group.rank() : 0;
    this.firstMoments = moments("first moments");
    this.secondMoments = moments("second moments");
    this.exchange =
        memory.gradients().whole() && group.size() > 1
            ? new GradientExchange(memory.gradients().own(), slices, group)
            : GradientListener.NONE;
    this.tensorGroup = ranks.model().tensor();
    this.stretches = stretches(model, slices.from(rank), slices.to(rank));
    this.counted = counted(model, tensorGroup.rank());
  }

  private Shares moments(String name) {
    return new Shares(name, ElementType.F32, backend, slices, group);
  }

  /** What of this rank's numbers belongs into a sum over all: what all have, only one counts. */
  private static List<Stretch> counted(LanguageModel model, int tensorRank) {
    ParameterLayout layout = model.memory().layout();
    List<Stretch> counted = new ArrayList<>();
    for (String name : layout.names()) {
      if (tensorRank == 0 || !model.replicated(name)) {
        long from = layout.from(name);
        long to = layout.to(name);
        boolean follows = !counted.isEmpty() && counted.getLast().to == from;
        counted.add(new Stretch(follows ? counted.removeLast().from : from, to, false));
      }
    }
    return List.copyOf(counted);
  }

  private static List<Stretch> stretches(LanguageModel model, long begin, long end) {
    ParameterLayout layout = model.memory().layout();
    List<Stretch> stretches = new ArrayList<>();
    for (String name : layout.names()) {
      boolean decays = model.decays(name);
      long from = Math.max(begin, layout.from(name));
      long to = Math.min(end, layout.to(name));
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

  Shares firstMoments() {
    return firstMoments;
  }

  Shares secondMoments() {
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
          pieces.add(memory.gradients().rows(from, to));
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
    boolean handed = slices.ranks() > 1 && memory.exact().whole();
    int pieces = handed ? PIECES : 1;
    for (int piece = 0; piece < pieces; piece++) {
      long from = slices.piece(rank, piece, pieces);
      long to = slices.piece(rank, piece + 1, pieces);
      for (Stretch s : stretches) {
        double decay = s.decays ? spec.weightDecay() : 0;
        apply(
            Math.max(from, s.from),
            Math.min(to, s.to),
            new AdamW(
                learningRate,
                spec.beta1(),
                spec.beta2(),
                spec.epsilon(),
                decay,
                step,
                gradientScale));
      }
      if (handed) {
        hand(piece);
      }
    }
    if (handed) {
      group.awaitAside();
      handExact();
    } else if (slices.ranks() > 1) {
      memory.updated();
    }
  }

  /** To the other ranks what they compute with, while the next piece is updated. */
  private void hand(int piece) {
    List<Tensor> all = new ArrayList<>();
    for (int each = 0; each < slices.ranks(); each++) {
      long from = slices.piece(each, piece, PIECES);
      all.add(memory.rounded().rows(from, slices.piece(each, piece + 1, PIECES)));
    }
    aside.allGather(all);
  }

  /** Those that are not rounded for computing. */
  private void handExact() {
    ParameterLayout layout = memory.layout();
    for (String name : layout.names()) {
      if (layout.exact(name) && memory.rounded() != memory.exact()) {
        long from = layout.from(name);
        group.allGather(slices.of(memory.exact().rows(from, layout.to(name)), from));
      }
    }
  }

  /** Brings exact parameters to every rank that holds all of them but updates its slice only. */
  void gatherParameters() {
    if (slices.ranks() > 1 && memory.exact().whole()) {
      group.allGather(slices.of(memory.exact().own(), 0));
    }
  }

  private void apply(long from, long to, AdamW update) {
    if (from >= to) {
      return;
    }
    boolean rounds = memory.rounded() != memory.exact();
    backend
        .optimizer()
        .adamW(
            memory.exact().rows(from, to),
            firstMoments.rows(from, to),
            secondMoments.rows(from, to),
            memory.gradients().rows(from, to),
            rounds ? memory.rounded().rows(from, to) : null,
            update);
  }

  @Override
  public void close() {
    firstMoments.close();
    secondMoments.close();
  }
}
