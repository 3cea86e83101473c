package org.transnormer.model.lm.tnl;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.Decays;
import org.transnormer.model.layer.TokenMixer;
import org.transnormer.model.lm.ParameterLayout;

/**
 * The part of a model that one of several ranks has: some of the heads within each of q, k, v and
 * u, their columns of W_o, and some of the channel mixer's inner columns. Embedding and the gate's
 * first product are on every rank.
 */
record TnlSplit(TnlConfig config, int rank, int size) {

  TnlSplit {
    List<FieldError> errors = new ArrayList<>();
    multiple(errors, "decoder_attention_heads", config.heads(), size);
    multiple(errors, "glu_dim", config.gluWidth(), size);
    if (size > 1
        && config.generation() == 3
        && Activation.named(config.activation()) == Activation.EXP) {
      errors.add(
          new FieldError(
              "linear_act_fun", "exp looks at all heads at once, which are split among ranks"));
    }
    if (!errors.isEmpty()) {
      throw new InvalidConfigException(errors);
    }
  }

  private static void multiple(List<FieldError> errors, String field, int value, int ranks) {
    if (value % ranks != 0) {
      errors.add(
          new FieldError(
              field,
              "must be a multiple of the %d ranks that split every layer, is %d"
                  .formatted(ranks, value)));
    }
  }

  static TnlSplit whole(TnlConfig config) {
    return new TnlSplit(config, 0, 1);
  }

  int heads() {
    return config.heads() / size;
  }

  int hidden() {
    return config.hiddenWidth() / size;
  }

  int glu() {
    return config.gluWidth() / size;
  }

  TokenMixer.Sizes sizes(boolean lrpe) {
    return new TokenMixer.Sizes(config.width(), hidden(), heads(), lrpe, config.gateWidth());
  }

  /** Decay rates of this rank's heads. */
  double[] rates(int l) {
    double[] all = Decays.rates(config.heads(), l, config.layers());
    return Arrays.copyOfRange(all, rank * heads(), (rank + 1) * heads());
  }

  /** Names and shapes of this rank's tensors, in the order of the buffer. */
  SequencedMap<String, long[]> shapes() {
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    for (TensorSpec spec : TnlTensors.of(config)) {
      long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
      Cut cut = cut(spec.name());
      shape[0] /= cut.rowPieces > 0 ? size : 1;
      shape[shape.length - 1] /= cut.columns ? size : 1;
      shapes.put(spec.name(), shape);
    }
    return shapes;
  }

  /** The embedding, which a pass begins and ends with, then the layers. */
  ParameterLayout layout() {
    Set<String> firsts = new HashSet<>();
    firsts.add(TnlTensors.EMBEDDING);
    for (int l = 0; l < config.layers(); l++) {
      firsts.add(TnlTensors.projection(config, l));
    }
    return new ParameterLayout(shapes(), firsts, TnlTensors::isTheta);
  }

  /** Whether every rank has the whole of a tensor. */
  boolean replicated(String name) {
    return size == 1 || cut(name).equals(Cut.NONE);
  }

  /**
   * How a tensor is cut.
   *
   * @param rowPieces stretches of rows of which each rank has a share; 0 where rows stay together
   * @param columns whether each rank has a share of the columns
   */
  private record Cut(int rowPieces, boolean columns) {
    static final Cut NONE = new Cut(0, false);
  }

  private Cut cut(String name) {
    String part = name.replaceFirst("^model\\.layers\\.\\d+\\.", "");
    return switch (part) {
      case "token_mixer.qkvu_proj.weight" -> new Cut(4, false);
      case "token_mixer.qkv_proj.weight" -> new Cut(3, false);
      case "token_mixer.lrpe.theta",
          "token_mixer.output_gate.1.weight",
          "channel_mixer.l1.weight",
          "channel_mixer.l2.weight" ->
          new Cut(1, false);
      case "token_mixer.out_proj.weight", "channel_mixer.l3.weight" -> new Cut(0, true);
      default -> Cut.NONE;
    };
  }

  private interface Run {
    void copy(long wholeOffset, long ownOffset, long bytes);
  }

  /** Every contiguous run that a tensor and this rank's part of it share, in bytes of floats. */
  private void runs(String name, long elements, Run run) {
    Cut cut = cut(name);
    long bytes = elements * Float.BYTES;
    if (cut.columns) {
      long row = bytes / config.width();
      for (long r = 0; r < config.width(); r++) {
        run.copy(r * row + rank * row / size, r * row / size, row / size);
      }
      return;
    }
    int pieces = Math.max(1, cut.rowPieces);
    long piece = bytes / pieces;
    long share = cut.rowPieces == 0 ? piece : piece / size;
    for (int p = 0; p < pieces; p++) {
      run.copy(p * piece + (cut.rowPieces == 0 ? 0 : rank * share), p * share, share);
    }
  }

  /**
   * @param whole floats of the whole tensor, read
   * @param own overwritten with this rank's part
   */
  void take(String name, MemorySegment whole, MemorySegment own) {
    runs(
        name,
        whole.byteSize() / Float.BYTES,
        (from, to, bytes) -> MemorySegment.copy(whole, from, own, to, bytes));
  }

  /**
   * @param whole overwritten where this rank's part lies
   * @param own read
   */
  void put(String name, MemorySegment whole, MemorySegment own) {
    runs(
        name,
        whole.byteSize() / Float.BYTES,
        (from, to, bytes) -> MemorySegment.copy(own, to, whole, from, bytes));
  }
}
