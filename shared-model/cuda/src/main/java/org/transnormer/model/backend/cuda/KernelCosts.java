package org.transnormer.model.backend.cuda;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.transnormer.model.config.TnlConfig;

/**
 * What a kernel's calls in one step have to do at least: bytes, each operand once, and
 * floating-point operations of products. N rows, d columns of the model, f of a channel mixer, V
 * tokens, L layers, P parameters.
 */
final class KernelCosts {

  /** Rows from one kept state of attention to the next. */
  private static final int ROWS_OF_A_STATE = 512;

  /** Keys that a row of a chunk of 64 sees, in tiles of sixteen. */
  private static final double KEYS_SEEN = 40;

  private static final Pattern PRODUCT =
      Pattern.compile("product .. -> (F32|BF16), (\\d+) x (\\d+) x (\\d+)");

  /**
   * @param bytes of all calls together
   */
  record Cost(double bytes, double flop) {

    Cost plus(Cost other) {
      return new Cost(bytes + other.bytes, flop + other.flop);
    }

    Cost times(double factor) {
      return new Cost(factor * bytes, factor * flop);
    }
  }

  private final Map<String, Cost> ofCall = new HashMap<>();
  private final Map<String, Cost> ofStep = new HashMap<>();

  private KernelCosts() {}

  /**
   * Of all calls of a kernel, or of cuBLAS's product of one shape; nothing for an unknown one. A
   * form of a kernel for tiles of one size costs what the kernel does.
   */
  Optional<Cost> of(String call, int calls) {
    Matcher product = PRODUCT.matcher(call);
    if (product.matches()) {
      return Optional.of(product(product).times(calls));
    }
    return known(call, calls).or(() -> known(call.replaceFirst("_\\d+$", ""), calls));
  }

  private Optional<Cost> known(String call, int calls) {
    return Optional.ofNullable(ofStep.get(call))
        .or(() -> Optional.ofNullable(ofCall.get(call)).map(cost -> cost.times(calls)));
  }

  /** c [n, m] with sums over k; c in fp32 is added to. */
  private static Cost product(Matcher product) {
    double n = Double.parseDouble(product.group(2));
    double m = Double.parseDouble(product.group(3));
    double k = Double.parseDouble(product.group(4));
    double ofC = product.group(1).equals("F32") ? 2 * Float.BYTES : Short.BYTES;
    return new Cost(Short.BYTES * k * (n + m) + ofC * n * m, 2 * n * m * k);
  }

  private void call(String kernel, double bytes) {
    ofCall.put(kernel, new Cost(bytes, 0));
  }

  private void step(String kernel, double bytes) {
    ofStep.put(kernel, new Cost(bytes, 0));
  }

  /** A step on so many sequences of one length, in bf16. */
  static KernelCosts training(TnlConfig config, int sequences, int length) {
    KernelCosts costs = new KernelCosts();
    double rows = (double) sequences * length;
    double matrix = Short.BYTES * rows * config.width();
    double inner = Short.BYTES * rows * config.gluWidth();
    double parameters = config.parameterCount();
    double angles = (double) Float.BYTES * length * config.width();
    costs.call("norm_bf16_f32", 3 * matrix);
    costs.call("norm_backward_bf16", 4 * matrix);
    costs.call("gated_norm_bf16", 3 * matrix);
    costs.call("gated_norm_backward_bf16", 5 * matrix);
    costs.call("activate_bf16", 4 * matrix);
    costs.call("activate_backward_bf16", 6 * matrix);
    costs.call("multiply_bf16", 3 * inner);
    costs.call("multiply_backward_bf16", 5 * inner);
    costs.call("lrpe_angles", 2 * angles);
    costs.call("lrpe_bf16", 3 * matrix + 2 * angles);
    costs.call("lrpe_backward_bf16", 4 * matrix + 2 * angles);
    costs.call("sum_columns", 2.0 * matrix / 64);
    costs.step("cross_entropy_bf16", 2.0 * Short.BYTES * rows * config.vocabSize());
    costs.step("embedding_f32_bf16", 3 * matrix);
    costs.step(
        "embedding_backward_bf16",
        matrix + 2.0 * Float.BYTES * Math.min(rows, config.vocabSize()) * config.width());
    costs.step("adamw", (7 * Float.BYTES + Short.BYTES) * parameters);
    costs.step("sum_of_squares", Float.BYTES * parameters);
    costs.attention(config, sequences, length);
    return costs;
  }

  private void attention(TnlConfig config, int sequences, int length) {
    int e = config.headWidth();
    double matrix = (double) Short.BYTES * sequences * length * config.width();
    double states =
        (double) Float.BYTES
            * sequences
            * config.heads()
            * Math.ceilDiv(length, ROWS_OF_A_STATE)
            * e
            * e;
    double tasks = (double) sequences * length * config.heads();
    int first = config.lrpeLayers(); // where keys are twice as wide
    int others = config.layers() - first;
    Cost narrow = new Cost(4 * matrix, tasks * flop(e, e));
    Cost wide = new Cost(6 * matrix, tasks * flop(2 * e, e));
    Cost read = new Cost(states, 0);
    String narrowName = "bf16_%d_%d".formatted(e, e);
    String wideName = "bf16_%d_64".formatted(2 * e);
    // Forward, and dq, for which the states lie transposed; dk and dv go from the end to the start.
    ofStep.put(
        "attention_" + narrowName,
        narrow.plus(read).times(2.0 * others).plus(wide.plus(read.times(2)).times(first)));
    ofStep.put(
        "attention_reverse_" + narrowName, narrow.times(2.0 * others).plus(wide.times(first)));
    ofStep.put("attention_" + wideName, wide.plus(read.times(2)).times(first));
    ofStep.put("attention_reverse_" + wideName, wide.times(first));
    Cost added = new Cost(2 * matrix + states, 2 * tasks * e * e);
    Cost addedWide = new Cost(3 * matrix + 2 * states, 4 * tasks * e * e);
    for (String direction : new String[] {"", "reverse_"}) {
      ofCall.put("attention_states_" + direction + narrowName, added);
      ofCall.put("attention_states_" + direction + wideName, addedWide);
    }
    ofCall.put("attention_scan", read.times(2));
    ofCall.put("attention_scan_reverse", read.times(2));
  }

  /** Of a row: QK^T and PV within the chunk, QS and K^TV with the state. */
  static double flop(int keyWidth, int valueWidth) {
    return 2 * KEYS_SEEN * (keyWidth + valueWidth) + 4.0 * keyWidth * valueWidth;
  }

  /** A step of so many sequences, with weights in bf16 and states in fp32. */
  static KernelCosts decoding(TnlConfig config, int sequences) {
    KernelCosts costs = new KernelCosts();
    double d = config.width();
    double f = config.gluWidth();
    double states = (double) sequences * config.hiddenWidth() * config.headWidth();
    double tokenMixers = config.layers() + config.lrpeLayers();
    costs.weights(sequences, 4 * d * d * config.layers(), "step_norm_bf16", "many_rows_bf16");
    costs.weights(sequences, 2 * d * f * config.layers(), "step_glu", "many_rows_glu");
    costs.weights(sequences, d * d * config.layers(), "step_gated");
    costs.weights(sequences, d * f * config.layers(), "step_add");
    costs.weights(sequences, d * (d + f) * config.layers(), "many_rows_add");
    costs.weights(sequences, d * config.vocabSize(), "step_norm_f32", "many_rows_f32");
    costs.ofStep.put(
        "attention_step_bf16",
        new Cost(2.0 * Float.BYTES * states * tokenMixers, 6.0 * states * tokenMixers));
    costs.step("sample", (double) Float.BYTES * sequences * config.vocabSize());
    double matrix = Short.BYTES * sequences * d;
    costs.call("norm_bf16_f32", 3 * matrix);
    costs.call("gated_norm_bf16", 3 * matrix);
    costs.call("multiply_bf16", 3 * Short.BYTES * sequences * f);
    costs.call("activate_bf16", 4 * matrix);
    costs.call("lrpe_bf16", 3 * matrix);
    costs.call("lrpe_angles", 2 * matrix);
    costs.step("embedding_f32_bf16", 3 * matrix);
    return costs;
  }

  private void weights(int sequences, double weights, String... kernels) {
    for (String kernel : kernels) {
      ofStep.put(kernel, new Cost(Short.BYTES * weights, 2.0 * sequences * weights));
    }
  }
}
