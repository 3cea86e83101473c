package org.transnormer.model.golden;

import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.assertClose;
import static org.transnormer.model.golden.Numbers.swapMiddle;
import static org.transnormer.model.golden.Numbers.tensor;
import static org.transnormer.model.golden.Numbers.typed;
import static org.transnormer.model.golden.Numbers.zeros;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.Tensor;

/** Operators beside numbers of a reference implementation, for any backend. */
public abstract class GoldenOperators {

  private final Backend backend;
  private final double output;
  private final double gradient;

  /**
   * @param backend closed after a test
   * @param output tolerance relative to a tensor's largest number
   * @param gradient the same for gradients
   */
  protected GoldenOperators(Backend backend, double output, double gradient) {
    this.backend = backend;
    this.output = output;
    this.gradient = gradient;
  }

  @AfterEach
  protected void close() {
    backend.close();
  }

  @Test
  protected void lightningAttentionIsTheReferences() {
    try (Golden g = Golden.open("lightning-attention.safetensors")) {
      int n = 70;
      double[] rates = doubles(g.floats("rate"));
      Decay decay = backend.attention().decay(rates);
      Tensor q = rows(g, "q", n, 16);
      Tensor k = rows(g, "k", n, 16);
      Tensor v = rows(g, "v", n, 12);
      Tensor o = zeros(backend, backend.compute(), 2 * n, 3 * 12);
      Tensor state = tensor(backend, g.floats("S0"), 2 * 3 * 16, 12);
      int chunks = Math.ceilDiv(n, backend.attention().chunk());
      Tensor saved = zeros(backend, 2L * 3 * chunks * 16, 12);

      backend.attention().forwardSaving(o, state, saved, q, k, v, decay, 2);

      close("o", heads(o, n, 12), g.floats("o"), output);
      close("S_final", array(backend, state), g.floats("S_final"), output);

      Tensor dState = tensor(backend, g.floats("dS_final"), 2 * 3 * 16, 12);
      Tensor dq = zeros(backend, backend.compute(), 2 * n, 3 * 16);
      Tensor dk = zeros(backend, backend.compute(), 2 * n, 3 * 16);
      Tensor dv = zeros(backend, backend.compute(), 2 * n, 3 * 12);

      Tensor dO = rows(g, "dO", n, 12);
      backend.attention().backward(dq, dk, dv, dState, dO, q, k, v, saved, decay, 2);

      close("dq", heads(dq, n, 16), g.floats("dq"), gradient);
      close("dk", heads(dk, n, 16), g.floats("dk"), gradient);
      close("dv", heads(dv, n, 12), g.floats("dv"), gradient);
      close("dS0", array(backend, dState), g.floats("dS0"), gradient);

      Tensor zero = zeros(backend, 2 * 3 * 16, 12);
      backend.attention().forward(o, zero, q, k, v, decay, 2);

      close("o from nothing", heads(o, n, 12), g.floats("o_zero_S0"), output);
      close("S_final from nothing", array(backend, zero), g.floats("S_final_zero_S0"), output);
    }
  }

  @Test
  protected void lightningAttentionStepByStepIsTheReferences() {
    try (Golden g = Golden.open("lightning-attention.safetensors")) {
      int n = 70;
      Decay decay = backend.attention().decay(doubles(g.floats("rate")));
      Tensor q = rows(g, "q", n, 16);
      Tensor k = rows(g, "k", n, 16);
      Tensor v = rows(g, "v", n, 12);
      Tensor o = zeros(backend, backend.compute(), 2 * n, 3 * 12);
      Tensor all = tensor(backend, g.floats("S0"), 2 * 3 * 16, 12);

      for (int b = 0; b < 2; b++) {
        List<Tensor> state = new ArrayList<>(List.of(all.rows(b * 48, (b + 1) * 48)));
        for (int t = b * n; t < (b + 1) * n; t++) {
          backend
              .attention()
              .step(
                  o.rows(t, t + 1),
                  state,
                  q.rows(t, t + 1),
                  k.rows(t, t + 1),
                  v.rows(t, t + 1),
                  decay);
        }
      }

      close("o by steps", heads(o, n, 12), g.floats("o"), output);
      close("S_final by steps", array(backend, all), g.floats("S_final"), output);
    }
  }

  @Test
  protected void positionFeaturesAreTheReferences() {
    try (Golden g = Golden.open("lrpe.safetensors")) {
      int n = 40;
      Tensor x =
          typed(backend, backend.compute(), swapMiddle(g.floats("x"), 2, 4, n, 16), 2 * n, 4 * 16);
      Tensor theta = tensor(backend, g.floats("theta"), 4, 16);
      Tensor cosines = zeros(backend, n, 4 * 16);
      Tensor sines = zeros(backend, n, 4 * 16);
      long first = g.ints("p0")[0];
      long[] positions = LongStream.range(first, first + n).toArray();
      Tensor y = zeros(backend, backend.compute(), 2 * n, 4 * 32);

      backend.positions().angles(cosines, sines, theta, positions, PhaseRounding.FLOAT64);
      backend.positions().forward(y, x, cosines, sines, 4);

      close("y", swapMiddle(array(backend, y), 2, n, 4, 32), g.floats("y"), output);

      Tensor dy =
          typed(backend, backend.compute(), swapMiddle(g.floats("dy"), 2, 4, n, 32), 2 * n, 4 * 32);
      Tensor dx = zeros(backend, backend.compute(), 2 * n, 4 * 16);
      Tensor dTheta = zeros(backend, 4, 16);

      backend.positions().backward(dx, dTheta, dy, x, cosines, sines, positions, 4);

      close("dx", swapMiddle(array(backend, dx), 2, n, 4, 16), g.floats("dx"), gradient);
      close("dtheta", array(backend, dTheta), g.floats("dtheta"), gradient);
    }
  }

  @Test
  protected void normIsTheReferencesRowByRow() {
    try (Golden g = Golden.open("srmsnorm-tnl.safetensors")) {
      Tensor x = typed(backend, backend.compute(), g.floats("x"), 12, 48);
      Tensor y = zeros(backend, backend.compute(), 12, 48);
      Tensor r = zeros(backend, 12, 1);
      Tensor dy = typed(backend, backend.compute(), g.floats("dy"), 12, 48);
      Tensor dx = zeros(backend, backend.compute(), 12, 48);

      backend.norm().forward(y, r, x);
      backend.norm().backward(Write.OVERWRITE, dx, dy, y, r);

      for (int row = 0; row < 12; row++) {
        int from = row * 48;
        int to = from + 48;
        close(
            "y row " + row,
            Arrays.copyOfRange(array(backend, y), from, to),
            Arrays.copyOfRange(g.floats("y"), from, to),
            output);
        close(
            "dx row " + row,
            Arrays.copyOfRange(array(backend, dx), from, to),
            Arrays.copyOfRange(g.floats("dx"), from, to),
            gradient);
      }
    }
  }

  private Tensor rows(Golden g, String name, int n, int width) {
    return typed(
        backend, backend.compute(), swapMiddle(g.floats(name), 2, 3, n, width), 2L * n, 3L * width);
  }

  private float[] heads(Tensor x, int n, int width) {
    return swapMiddle(array(backend, x), 2, n, 3, width);
  }

  private static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }

  private static void close(String what, float[] actual, float[] expected, double tolerance) {
    assertClose(what, actual, expected, tolerance);
  }
}
