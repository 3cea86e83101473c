package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.backend.Attention;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.Tensor;

/**
 * Lightning Attention: forward in chunks and step by step, from a state and from nothing, and
 * backward. The file has [B, H, n, e], a backend's rows are [B n, H e].
 */
record AttentionSubject(String name, Path file) implements Subject {

  /** B, H, n, ek, ev */
  private record Sizes(int batch, int heads, int length, int key, int value) {

    static Sizes of(GoldenFile golden) throws IOException {
      int[] q = golden.shape("q", 4);
      return new Sizes(q[0], q[1], q[2], q[3], golden.shape("v", 4)[3]);
    }

    long states() {
      return (long) batch * heads * key;
    }
  }

  @Override
  public Outcome verify(Tools tools) throws IOException {
    try (GoldenFile golden = GoldenFile.open(file);
        HostTensors host = new HostTensors(tools.backend())) {
      Ledger ledger = new Ledger(golden);
      Decay decay = tools.backend().attention().decay(golden.doubles("rate"));
      new Case(tools.backend(), golden, host, Sizes.of(golden), decay).run(ledger);
      return ledger.outcome();
    }
  }

  private record Case(
      Backend backend, GoldenFile golden, HostTensors host, Sizes sizes, Decay decay) {

    void run(Ledger ledger) throws IOException {
      Tensor q = rows("q", sizes.key);
      Tensor k = rows("k", sizes.key);
      Tensor v = rows("v", sizes.value);
      chunks(ledger, q, k, v);
      steps(ledger, q, k, v);
      Tensor o = host.zeros(rows(), (long) sizes.heads * sizes.value);
      Tensor nothing = host.zeros(sizes.states(), sizes.value);
      backend.attention().forward(o, nothing, q, k, v, decay, sizes.batch);
      ledger.relative("o_zero_S0", heads(o, sizes.value), Tolerances.OPERATOR);
      ledger.relative("S_final_zero_S0", host.array(nothing), Tolerances.OPERATOR);
    }

    private void chunks(Ledger ledger, Tensor q, Tensor k, Tensor v) throws IOException {
      Attention attention = backend.attention();
      long chunks = Math.ceilDiv(sizes.length, attention.chunk());
      Tensor o = host.zeros(rows(), (long) sizes.heads * sizes.value);
      Tensor state = initialState();
      Tensor saved = host.zeros(sizes.states() * chunks, sizes.value);
      attention.forwardSaving(o, state, saved, q, k, v, decay, sizes.batch);
      ledger.relative("o", heads(o, sizes.value), Tolerances.OPERATOR);
      ledger.relative("S_final", host.array(state), Tolerances.OPERATOR);
      if (!golden.has("dO")) {
        return;
      }
      Tensor dState =
          golden.has("dS_final")
              ? host.of(golden.floats("dS_final"), sizes.states(), sizes.value)
              : host.zeros(sizes.states(), sizes.value);
      Tensor dq = host.zeros(rows(), (long) sizes.heads * sizes.key);
      Tensor dk = host.zeros(rows(), (long) sizes.heads * sizes.key);
      Tensor dv = host.zeros(rows(), (long) sizes.heads * sizes.value);
      Tensor dO = rows("dO", sizes.value);
      attention.backward(dq, dk, dv, dState, dO, q, k, v, saved, decay, sizes.batch);
      ledger.relative("dq", heads(dq, sizes.key), Tolerances.OPERATOR_GRADIENT);
      ledger.relative("dk", heads(dk, sizes.key), Tolerances.OPERATOR_GRADIENT);
      ledger.relative("dv", heads(dv, sizes.value), Tolerances.OPERATOR_GRADIENT);
      ledger.relative("dS0", host.array(dState), Tolerances.OPERATOR_GRADIENT);
    }

    /** The recurrence, one row of one sequence after another. */
    private void steps(Ledger ledger, Tensor q, Tensor k, Tensor v) throws IOException {
      Tensor o = host.zeros(rows(), (long) sizes.heads * sizes.value);
      Tensor all = initialState();
      long one = (long) sizes.heads * sizes.key;
      for (int b = 0; b < sizes.batch; b++) {
        List<Tensor> state = new ArrayList<>(List.of(all.rows(b * one, (b + 1) * one)));
        for (long t = (long) b * sizes.length; t < (b + 1L) * sizes.length; t++) {
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
      ledger.relative("o (steps)", "o", heads(o, sizes.value), Tolerances.OPERATOR);
      ledger.relative("S_final (steps)", "S_final", host.array(all), Tolerances.OPERATOR);
    }

    private Tensor initialState() throws IOException {
      return golden.has("S0")
          ? host.of(golden.floats("S0"), sizes.states(), sizes.value)
          : host.zeros(sizes.states(), sizes.value);
    }

    private long rows() {
      return (long) sizes.batch * sizes.length;
    }

    private Tensor rows(String name, int width) throws IOException {
      float[] swapped =
          Measures.swapMiddle(golden.floats(name), sizes.batch, sizes.heads, sizes.length, width);
      return host.of(swapped, rows(), (long) sizes.heads * width);
    }

    private float[] heads(Tensor x, int width) {
      return Measures.swapMiddle(host.array(x), sizes.batch, sizes.length, sizes.heads, width);
    }
  }
}
