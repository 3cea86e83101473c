package org.transnormer.model.lm.tnl;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.TokenMixerMemory;
import org.transnormer.model.lm.LanguageModel.Inspector;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.tensor.TensorsByName;

/**
 * A layer's tensors under the names of reference files. What the layers never hold, since it is
 * fused or added at once, is computed beside them.
 */
record TnlInspection(
    Backend backend,
    TnlConfig config,
    TensorsByName parameters,
    TrainingMemory.Tensors tensors,
    Inspector inspector) {

  void layerInput(int l) {
    see(l, "in", tensors.x());
  }

  /**
   * @param state [B, H, ek, ev] after the last row
   */
  void afterTokenMixer(int l, Tensor state) {
    TokenMixerMemory.Activations a = tensors.layers().get(l).mixer();
    see(l, config.generation() == 1 ? "qkvu" : "qkv", a.projected());
    if (a.own() != null) {
      see(l, "gate", a.own().linear());
    }
    see(l, "o", a.o());
    inspector.see("state." + l, state);
    TokenMixerMemory.Activations scratch = tensors.dMixer();
    backend.norm().forward(scratch.o(), scratch.ro(), a.o());
    see(l, "o_norm", scratch.o());
    product(l, "gla", a.z(), parameters.get(TnlTensors.out(l)));
    see(l, "mid", tensors.x());
  }

  void afterChannelMixer(int l) {
    product(l, "glu", tensors.layers().get(l).channelMixer().h(), parameters.get(TnlTensors.l3(l)));
    see(l, "out", tensors.x());
  }

  private void product(int l, String name, Tensor x, Tensor w) {
    backend.matmul().forward(Write.OVERWRITE, tensors.dx(), x, w);
    see(l, name, tensors.dx());
  }

  private void see(int l, String name, Tensor x) {
    inspector.see("act.layers." + l + "." + name, x);
  }
}
