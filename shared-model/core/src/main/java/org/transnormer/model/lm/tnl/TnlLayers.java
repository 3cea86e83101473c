package org.transnormer.model.lm.tnl;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.ChannelMixer;
import org.transnormer.model.layer.OutputGate;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.layer.Split;
import org.transnormer.model.layer.TokenMixer;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.tensor.TensorsByName;

/** The layers of a model over a buffer of parameters. */
record TnlLayers(
    TnlConfig config,
    Tensor table,
    List<TokenMixer> tokenMixers,
    List<ChannelMixer> channelMixers,
    OutputHead head) {

  /**
   * @param exact the parameters as floats; theta is used from here
   * @param parameters as products read them
   */
  static TnlLayers of(
      Backend backend, TnlConfig config, TensorsByName exact, TensorsByName parameters) {
    return of(backend, TnlSplit.whole(config), Split.WHOLE, exact, parameters);
  }

  /** This rank's part of every layer. */
  static TnlLayers of(
      Backend backend, TnlSplit part, Split split, TensorsByName exact, TensorsByName parameters) {
    TnlConfig config = part.config();
    TokenMixer.Functions functions =
        new TokenMixer.Functions(Activation.named(config.activation()), config.phases());
    List<TokenMixer> tokenMixers = new ArrayList<>();
    List<ChannelMixer> channelMixers = new ArrayList<>();
    for (int l = 0; l < config.layers(); l++) {
      tokenMixers.add(
          new TokenMixer(
              backend,
              part.sizes(config.lrpe().get(l)),
              functions,
              part.rates(l),
              mixerWeights(config, exact, parameters, l),
              split));
      channelMixers.add(
          new ChannelMixer(backend, w12(config, parameters, l), w3(parameters, l), split));
    }
    Tensor table = parameters.get(TnlTensors.EMBEDDING);
    return new TnlLayers(
        config,
        table,
        List.copyOf(tokenMixers),
        List.copyOf(channelMixers),
        new OutputHead(backend, table));
  }

  static TokenMixer.Sizes sizes(TnlConfig config, int l) {
    return sizes(config, config.lrpe().get(l));
  }

  static TokenMixer.Sizes sizes(TnlConfig config, boolean lrpe) {
    return TnlSplit.whole(config).sizes(lrpe);
  }

  /** Gradients are floats all of them. */
  static TokenMixer.Weights mixerGradients(TnlConfig config, TensorsByName gradients, int l) {
    return mixerWeights(config, gradients, gradients, l);
  }

  private static TokenMixer.Weights mixerWeights(
      TnlConfig config, TensorsByName exact, TensorsByName tensors, int l) {
    return new TokenMixer.Weights(
        tensors.get(TnlTensors.projection(config, l)),
        tensors.get(TnlTensors.out(l)),
        config.lrpe().get(l) ? exact.get(TnlTensors.theta(l)) : null,
        config.generation() == 1
            ? null
            : new OutputGate.Weights(
                tensors.get(TnlTensors.gateDown(l)), tensors.get(TnlTensors.gateUp(l))));
  }

  static Tensor w12(TnlConfig config, TensorsByName tensors, int l) {
    return tensors.range(TnlTensors.l1(l), TnlTensors.l2(l), config.width());
  }

  static Tensor w3(TensorsByName tensors, int l) {
    return tensors.get(TnlTensors.l3(l));
  }

  /** Names and shapes in the order of the buffer. */
  static SequencedMap<String, long[]> shapes(TnlConfig config) {
    return TnlSplit.whole(config).shapes();
  }

  /** sqrt(d), or 1 where the configuration says so. */
  double embeddingScale() {
    return config.scaleEmbedding() ? Math.sqrt(config.width()) : 1;
  }

  /** 0, 1, ..., count - 1, from {@code first} on. */
  static long[] positions(long first, int count) {
    long[] positions = new long[count];
    for (int i = 0; i < count; i++) {
      positions[i] = first + i;
    }
    return positions;
  }
}
