package org.transnormer.model.lm.tnl;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.ChannelMixer;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.layer.TokenMixer;
import org.transnormer.model.layer.TokenMixerMemory;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** What prefill and decoding work in: layers use the same memory one after another. */
final class InferenceMemory {

  private final MemoryPlan plan;
  private final MemoryPlan.Entry x;
  private final OutputHead.Planned head;
  private TokenMixerMemory.@Nullable Planned mixer;
  private TokenMixerMemory.@Nullable Planned lrpeMixer;
  private ChannelMixer.@Nullable Planned channelMixer;

  /**
   * @param compute type of what goes into products; the residual stream and the logits are floats
   */
  InferenceMemory(TnlConfig config, int rows, ElementType compute) {
    int d = config.width();
    plan = new MemoryPlan("inference", compute);
    x = plan.add("x", ElementType.F32, rows, d);
    head = OutputHead.Planned.in(plan, rows, d, config.vocabSize(), ElementType.F32);
    plan.overlay(
        List.of(
            () -> mixer = mixer(config, rows, false),
            () -> lrpeMixer = config.lrpeLayers() > 0 ? mixer(config, rows, true) : null,
            () -> {
              MemoryPlan.Entry h =
                  ChannelMixer.Planned.product(plan, "glu", rows, config.gluWidth());
              channelMixer = ChannelMixer.Planned.in(plan, "glu", rows, d, h);
            }));
  }

  private TokenMixerMemory.Planned mixer(TnlConfig config, int rows, boolean lrpe) {
    String prefix = lrpe ? "gla-lrpe" : "gla";
    TokenMixer.Sizes sizes = TnlLayers.sizes(config, lrpe);
    TokenMixerMemory.Shared shared = TokenMixerMemory.Shared.in(plan, prefix, rows, sizes);
    return TokenMixerMemory.Planned.in(plan, prefix, rows, rows, sizes, shared);
  }

  MemoryPlan plan() {
    return plan;
  }

  /**
   * @param lrpeMixer null without such layers
   */
  record Tensors(
      Tensor x,
      OutputHead.Activations head,
      TokenMixerMemory.Activations mixer,
      TokenMixerMemory.@Nullable Activations lrpeMixer,
      ChannelMixer.Activations channelMixer) {

    TokenMixerMemory.Activations mixer(boolean lrpe) {
      return lrpe && lrpeMixer != null ? lrpeMixer : mixer;
    }

    Tensors rows(int rows) {
      return rows == x.rows()
          ? this
          : new Tensors(
              x.rows(0, rows),
              head.rows(rows),
              mixer.rows(rows),
              lrpeMixer == null ? null : lrpeMixer.rows(rows),
              channelMixer.rows(rows));
    }
  }

  Tensors in(Storage storage) {
    if (mixer == null || channelMixer == null) {
      throw new IllegalStateException("nothing planned");
    }
    return new Tensors(
        x.in(storage),
        head.in(storage),
        mixer.in(storage),
        lrpeMixer == null ? null : lrpeMixer.in(storage),
        channelMixer.in(storage));
  }
}
