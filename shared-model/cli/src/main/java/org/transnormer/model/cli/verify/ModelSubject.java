package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.tensor.Tensor;

/**
 * A model folder: every activation, loss and gradients of the training path, logits of the serving
 * path in one piece and cut in two, and greedy decoding with its logits and states.
 */
record ModelSubject(String name, Path folder, ModelConfig config) implements Subject {

  @Override
  public Outcome verify(Tools tools) throws IOException {
    try (GoldenFile golden = GoldenFile.open(folder.resolve(Subjects.GOLDEN))) {
      Ledger ledger = new Ledger(golden);
      training(tools, golden, ledger);
      try (CausalLm lm = CausalLm.load(folder, tools.options())) {
        if (golden.has("input_ids")) {
          serving(lm, ledger, "", golden.ints("input_ids"), golden.shape("input_ids", 2));
        }
        if (golden.has("pad.input_ids")) {
          int[] shape = golden.shape("pad.input_ids", 2);
          serving(lm, ledger, "pad.", golden.ints("pad.input_ids"), shape);
        }
        if (golden.has("decode.prompt")) {
          decoding(lm, golden, ledger);
        }
      }
      return ledger.outcome();
    }
  }

  private void training(Tools tools, GoldenFile golden, Ledger ledger) throws IOException {
    for (String prefix : List.of("", "pad.")) {
      if (!golden.has(prefix + "input_ids")) {
        continue;
      }
      int[] shape = golden.shape(prefix + "input_ids", 2);
      int[] inputs = golden.ints(prefix + "input_ids");
      try (LanguageModel model =
          ModelFamilies.of(config).trainable(tools.backend(), shape[0], shape[1])) {
        Weights.load(folder, config, model, tools.backend());
        activations(tools, golden, ledger, prefix, model, inputs, shape);
        if (golden.has(prefix + "labels")) {
          int[] targets = shifted(golden.ints(prefix + "labels"), shape[1]);
          gradients(tools, golden, ledger, prefix, model, inputs, targets, shape);
        }
      }
    }
  }

  private static void activations(
      Tools tools,
      GoldenFile golden,
      Ledger ledger,
      String prefix,
      LanguageModel model,
      int[] inputs,
      int[] shape)
      throws IOException {
    Map<String, List<float[]>> seen = new LinkedHashMap<>();
    model.inspect(
        TokenBatch.of(inputs, inputs, shape[0], shape[1]),
        (at, x) -> {
          if (golden.has(prefix + at)) {
            List<float[]> stretches = seen.computeIfAbsent(prefix + at, _ -> new ArrayList<>());
            stretches.add(HostTensors.array(tools.backend(), x));
          }
        });
    for (Map.Entry<String, List<float[]>> entry : seen.entrySet()) {
      ledger.relative(entry.getKey(), concatenated(entry.getValue()), Tolerances.VALUE);
    }
  }

  private static void gradients(
      Tools tools,
      GoldenFile golden,
      Ledger ledger,
      String prefix,
      LanguageModel model,
      int[] inputs,
      int[] targets,
      int[] shape)
      throws IOException {
    double[] loss = {model.forwardBackward(inputs, targets, shape[0], shape[1]).mean()};
    ledger.absolute(prefix + "loss", prefix + "loss", loss, Tolerances.LOSS);
    for (Map.Entry<String, Tensor> entry : model.gradients().byName().entrySet()) {
      String name = prefix + "grad." + entry.getKey();
      if (golden.has(name)) {
        float[] gradient = HostTensors.array(tools.backend(), entry.getValue());
        ledger.relative(name, gradient, Tolerances.GRADIENT);
      }
    }
  }

  /** Logits and states as a server computes them, row by row and with each row cut in two. */
  private static void serving(CausalLm lm, Ledger ledger, String prefix, int[] inputs, int[] shape)
      throws IOException {
    int vocab = lm.config().vocabSize();
    float[] logits = new float[Math.multiplyExact(inputs.length, vocab)];
    Map<String, List<float[]>> states = new LinkedHashMap<>();
    try (SequenceState state = lm.newState()) {
      for (int row = 0; row < shape[0]; row++) {
        state.reset();
        int from = row * shape[1];
        int to = from + shape[1];
        int cut = from + shape[1] / 3;
        read(lm, state, inputs, from, cut, logits);
        read(lm, state, inputs, cut, to, logits);
        state.numbers().forEach((l, x) -> states.computeIfAbsent(l, _ -> new ArrayList<>()).add(x));
      }
    }
    ledger.relative(prefix + "logits (prefill)", prefix + "logits", logits, Tolerances.VALUE);
    for (Map.Entry<String, List<float[]>> entry : states.entrySet()) {
      String name = prefix + "state." + entry.getKey();
      float[] all = concatenated(entry.getValue());
      ledger.relative(name + " (prefill)", name, all, Tolerances.VALUE);
    }
  }

  private static void read(
      CausalLm lm, SequenceState state, int[] inputs, int from, int to, float[] logits) {
    if (to > from) {
      int vocab = lm.config().vocabSize();
      Logits every = new Logits(to - from, vocab);
      lm.prefillAll(state, inputs, from, to, every);
      float[] rows = every.segment().toArray(ValueLayout.JAVA_FLOAT);
      System.arraycopy(rows, 0, logits, from * vocab, rows.length);
    }
  }

  /**
   * Greedy decoding. Every step reads the reference's token, so that one token that differs does
   * not make all later numbers differ; where all are the same this is decoding.
   */
  private static void decoding(CausalLm lm, GoldenFile golden, Ledger ledger) throws IOException {
    int[] prompt = golden.ints("decode.prompt");
    int[] expected = golden.ints("decode.tokens");
    int vocab = lm.config().vocabSize();
    int[] tokens = new int[expected.length];
    float[] rows = new float[Math.multiplyExact(expected.length, vocab)];
    Logits logits = new Logits(1, vocab);
    try (SequenceState state = lm.newState()) {
      lm.prefill(state, prompt, 0, prompt.length, logits);
      for (int i = 0; i < expected.length; i++) {
        tokens[i] = logits.argMax(0);
        float[] row = logits.segment().toArray(ValueLayout.JAVA_FLOAT);
        System.arraycopy(row, 0, rows, i * vocab, vocab);
        if (i < expected.length - 1) {
          lm.decode(List.of(state), new int[] {expected[i]}, logits);
        }
      }
      ledger.same("decode.tokens", tokens, expected);
      ledger.relative("decode.logits", rows, Tolerances.VALUE);
      for (Map.Entry<String, float[]> entry : state.numbers().entrySet()) {
        String name = "decode.state." + entry.getKey();
        ledger.relative(name, entry.getValue(), Tolerances.VALUE);
      }
    }
  }

  /** Labels of the files are not shifted: position t is scored against label t + 1. */
  static int[] shifted(int[] labels, int length) {
    int[] targets = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      targets[i] = i % length == length - 1 ? Loss.IGNORE : labels[i + 1];
    }
    return targets;
  }

  private static float[] concatenated(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
