package org.transnormer.model.oracle;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.Objective;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.oracle.Tape.Matrix;

/** TransNormerLLM on a {@link Tape}, written from the papers' formulas. */
public final class TapeTnl {

  private final TnlConfig config;
  private final Map<String, Matrix> parameters = new LinkedHashMap<>();

  /**
   * @param numbers by the released names
   */
  public TapeTnl(TnlConfig config, Map<String, double[]> numbers) {
    this.config = config;
    for (TensorSpec spec : TnlTensors.of(config)) {
      int columns = Math.toIntExact(spec.shape().getLast());
      double[] x = Objects.requireNonNull(numbers.get(spec.name()), spec.name());
      parameters.put(spec.name(), new Matrix(x.length / columns, columns, x));
    }
  }

  /** What a pass leaves: loss, logits, and the gradients by name. */
  public record Pass(double loss, double[] logits, Map<String, double[]> gradients) {}

  public Pass run(TokenBatch batch, Objective objective) {
    parameters.values().forEach(p -> java.util.Arrays.fill(p.dx, 0));
    Tape tape = new Tape();
    Matrix table = of(TnlTensors.EMBEDDING);
    double scale = config.scaleEmbedding() ? Math.sqrt(config.width()) : 1;
    Matrix x = tape.embed(table, batch.inputs(), scale, config.padToken());
    for (int l = 0; l < config.layers(); l++) {
      x = tape.add(x, tokenMixer(tape, tape.norm(x), l, batch));
      Matrix n = tape.norm(x);
      Matrix inner =
          tape.multiply(tape.linear(n, of(TnlTensors.l1(l))), tape.linear(n, of(TnlTensors.l2(l))));
      x = tape.add(x, tape.linear(inner, of(TnlTensors.l3(l))));
    }
    Matrix logits = tape.linear(tape.norm(x), table);
    Matrix loss = tape.loss(logits, batch.targets(), objective.scale(), objective.zLoss());
    tape.backward(loss);
    Map<String, double[]> gradients = new LinkedHashMap<>();
    parameters.forEach((name, p) -> gradients.put(name, p.dx.clone()));
    return new Pass(loss.x[0], logits.x, gradients);
  }

  private Matrix tokenMixer(Tape tape, Matrix n, int l, TokenBatch batch) {
    int hidden = config.hiddenWidth();
    boolean third = config.gateWidth() > 0;
    Matrix projected = tape.linear(n, of(TnlTensors.projection(config, l)));
    Matrix q;
    Matrix k;
    Matrix v;
    Matrix u;
    if (third) {
      Matrix all = activate(tape, projected, 3 * hidden);
      q = tape.columns(all, 0, hidden);
      k = tape.columns(all, hidden, 2 * hidden);
      v = tape.columns(all, 2 * hidden, 3 * hidden);
      Matrix low = tape.linear(n, of(TnlTensors.gateDown(l)));
      u = activate(tape, tape.linear(low, of(TnlTensors.gateUp(l))), "sigmoid", 1);
    } else {
      q = activate(tape, tape.columns(projected, 0, hidden), hidden / config.heads());
      k = activate(tape, tape.columns(projected, hidden, 2 * hidden), hidden / config.heads());
      v = tape.columns(projected, 2 * hidden, 3 * hidden);
      u = tape.columns(projected, 3 * hidden, 4 * hidden);
    }
    if (config.lrpe().get(l)) {
      q = tape.positions(q, of(TnlTensors.theta(l)), config.heads(), batch.length());
      k = tape.positions(k, of(TnlTensors.theta(l)), config.heads(), batch.length());
    }
    int[] starts = batch.starts() == null ? new int[batch.inputs().length] : batch.starts();
    Matrix o = tape.attention(q, k, v, rates(l), batch.length(), starts);
    return tape.linear(tape.multiply(u, tape.norm(o)), of(TnlTensors.out(l)));
  }

  /** Slopes of ALiBi times the layer's factor. */
  private double[] rates(int l) {
    int heads = config.heads();
    double factor = config.layers() == 1 ? 1 : 1 - (double) l / (config.layers() - 1);
    int power = 1;
    while (power * 2 <= heads) {
      power *= 2;
    }
    double[] rates = new double[heads];
    for (int h = 0; h < heads; h++) {
      double exponent =
          h < power ? -8.0 * (h + 1) / power : -8.0 * (2 * (h - power) + 1) / (2.0 * power);
      rates[h] = Math.pow(2, exponent) * (factor + 1e-5);
    }
    return rates;
  }

  private Matrix activate(Tape tape, Matrix x, int group) {
    return activate(tape, x, config.activation(), group);
  }

  private static Matrix activate(Tape tape, Matrix x, String name, int group) {
    return switch (name) {
      case "silu", "swish" ->
          tape.map(x, a -> a * sigmoid(a), a -> sigmoid(a) + a * sigmoid(a) * (1 - sigmoid(a)));
      case "sigmoid" -> tape.map(x, TapeTnl::sigmoid, a -> sigmoid(a) * (1 - sigmoid(a)));
      case "1+elu" -> tape.map(x, a -> a > 0 ? 1 + a : Math.exp(a), a -> a > 0 ? 1 : Math.exp(a));
      case "sine" -> tape.map(x, Math::sin, Math::cos);
      case "exp" -> tape.exp(x, group);
      case "none" -> x;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private Matrix of(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }
}
