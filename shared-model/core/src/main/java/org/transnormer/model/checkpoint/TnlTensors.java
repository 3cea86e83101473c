package org.transnormer.model.checkpoint;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.config.TnlConfig;

/** Names and shapes of the released first-generation state dictionaries. */
public final class TnlTensors {

  /** V x d */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  /** V x d; the same numbers as the embedding, and optional. */
  public static final String OUTPUT_HEAD = "lm_head.weight";

  private TnlTensors() {}

  /** 4d x d; rows q, k, v, u, each head-major. */
  public static String qkvu(int layer) {
    return "model.layers." + layer + ".token_mixer.qkvu_proj.weight";
  }

  /** d x d */
  public static String out(int layer) {
    return "model.layers." + layer + ".token_mixer.out_proj.weight";
  }

  /** H x 1 x e; only in layers with LRPE. */
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

  /** Every tensor, embedding first, then layer by layer: the order of the parameter buffer. */
  public static List<TensorSpec> of(TnlConfig config) {
    long d = config.width();
    long f = config.gluWidth();
    List<TensorSpec> tensors = new ArrayList<>();
    tensors.add(new TensorSpec(EMBEDDING, List.of((long) config.vocabSize(), d)));
    for (int l = 0; l < config.layers(); l++) {
      tensors.add(new TensorSpec(qkvu(l), List.of(4 * d, d)));
      if (config.lrpe().get(l)) {
        tensors.add(
            new TensorSpec(
                theta(l), List.of((long) config.heads(), 1L, (long) config.headWidth())));
      }
      tensors.add(new TensorSpec(out(l), List.of(d, d)));
      tensors.add(new TensorSpec(l1(l), List.of(f, d)));
      tensors.add(new TensorSpec(l2(l), List.of(f, d)));
      tensors.add(new TensorSpec(l3(l), List.of(d, f)));
    }
    return tensors;
  }
}
