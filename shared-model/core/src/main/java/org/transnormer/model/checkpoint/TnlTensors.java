package org.transnormer.model.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongToDoubleFunction;
import org.transnormer.model.config.TnlConfig;

/** Names and shapes of the released state dictionaries, first and third generation. */
public final class TnlTensors {

  /** V x d */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  /** V x d; the same numbers as the embedding, and optional. */
  public static final String OUTPUT_HEAD = "lm_head.weight";

  private TnlTensors() {}

  /** 4D x d; rows q, k, v, u, each head-major. */
  public static String qkvu(int layer) {
    return "model.layers." + layer + ".token_mixer.qkvu_proj.weight";
  }

  /** 3D x d; rows q, k, v, each head-major. */
  public static String qkv(int layer) {
    return "model.layers." + layer + ".token_mixer.qkv_proj.weight";
  }

  /** {@link #qkvu} or {@link #qkv}, whichever the generation has. */
  public static String projection(TnlConfig config, int layer) {
    return config.generation() == 1 ? qkvu(layer) : qkv(layer);
  }

  /** g x d, the first of the third generation's gate. */
  public static String gateDown(int layer) {
    return "model.layers." + layer + ".token_mixer.output_gate.0.weight";
  }

  /** D x g */
  public static String gateUp(int layer) {
    return "model.layers." + layer + ".token_mixer.output_gate.1.weight";
  }

  /** d x D */
  public static String out(int layer) {
    return "model.layers." + layer + ".token_mixer.out_proj.weight";
  }

  /** H x 1 x e; only in layers with LRPE, and optional in a file. */
  public static String theta(int layer) {
    return "model.layers." + layer + ".token_mixer.lrpe.theta";
  }

  /** f x d, multiplied elementwise with {@link #l2}. */
  public static String l1(int layer) {
    return "model.layers." + layer + ".channel_mixer.l1.weight";
  }

  /** f x d */
  public static String l2(int layer) {
    return "model.layers." + layer + ".channel_mixer.l2.weight";
  }

  /** d x f */
  public static String l3(int layer) {
    return "model.layers." + layer + ".channel_mixer.l3.weight";
  }

  /** Whether a name is a {@link #theta}. */
  public static boolean isTheta(String name) {
    return name.endsWith(".lrpe.theta");
  }

  /** Every tensor, embedding first, then layer by layer: the order of the parameter buffer. */
  public static List<TensorSpec> of(TnlConfig config) {
    long d = config.width();
    long hidden = config.hiddenWidth();
    long f = config.gluWidth();
    long g = config.gateWidth();
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(new TensorSpec(EMBEDDING, List.of((long) config.vocabSize(), d)));
    for (int l = 0; l < config.layers(); l++) {
      long parts = config.generation() == 1 ? 4 : 3;
      tensors.add(new TensorSpec(projection(config, l), List.of(parts * hidden, d)));
      if (config.lrpe().get(l)) {
        tensors.add(
            new TensorSpec(
                theta(l), List.of((long) config.heads(), 1L, (long) config.headWidth())));
      }
      if (g > 0) {
        tensors.add(new TensorSpec(gateDown(l), List.of(g, d)));
        tensors.add(new TensorSpec(gateUp(l), List.of(hidden, g)));
      }
      tensors.add(new TensorSpec(out(l), List.of(d, hidden)));
      tensors.add(new TensorSpec(l1(l), List.of(f, d)));
      tensors.add(new TensorSpec(l2(l), List.of(f, d)));
      tensors.add(new TensorSpec(l3(l), List.of(d, f)));
    }
    return tensors;
  }

  /** What files hold: theta may be missing, and an output head is the embedding again. */
  public static WeightsLayout files(TnlConfig config) {
    Map<String, LongToDoubleFunction> absent = new HashMap<>();
    for (int l = 0; l < config.layers(); l++) {
      if (config.lrpe().get(l)) {
        absent.put(theta(l), config::initialTheta);
      }
    }
    // Rounded angles, multiplied with positions, are other angles soon. Who loads the files into a
    // model of one type, as the released code does, rounds theta then.
    Set<String> exact = absent.keySet();
    return new WeightsLayout(of(config), absent, Map.of(OUTPUT_HEAD, EMBEDDING), exact);
  }
}
