package org.transnormer.model.toy;

import org.transnormer.model.layer.ChannelMixer;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Where activations and their gradients lie. */
final class ToyMemory {

  private final MemoryPlan plan;
  private final MemoryPlan.Entry x;
  private final MemoryPlan.Entry dx;
  private final OutputHead.Planned head;
  private final MemoryPlan.Entry dHead;
  private final ChannelMixer.Planned mixer;
  private final ChannelMixer.Planned dMixer;

  ToyMemory(ToyConfig toy, TrainingShape shape, ElementType compute) {
    int rows = Math.multiplyExact(shape.sequences(), shape.length());
    int d = toy.width();
    plan = new MemoryPlan("activations", compute);
    x = plan.add("x", ElementType.F32, rows, d);
    dx = plan.add("dx", rows, d);
    head = OutputHead.Planned.in(plan, rows, d, toy.vocabSize(), compute);
    dHead = plan.add("d.head", rows, d);
    MemoryPlan.Entry h = ChannelMixer.Planned.product(plan, "mixer", rows, toy.inner());
    mixer = ChannelMixer.Planned.in(plan, "mixer", rows, d, h);
    dMixer = ChannelMixer.Planned.in(plan, "d.mixer", rows, d, h);
  }

  MemoryPlan plan() {
    return plan;
  }

  record Tensors(
      Tensor x,
      Tensor dx,
      OutputHead.Activations head,
      Tensor dHead,
      ChannelMixer.Activations mixer,
      ChannelMixer.Activations dMixer) {

    Tensors rows(int rows) {
      return new Tensors(
          x.rows(0, rows),
          dx.rows(0, rows),
          head.rows(rows),
          dHead.rows(0, rows),
          mixer.rows(rows),
          dMixer.rows(rows));
    }
  }

  Tensors in(Storage storage) {
    return new Tensors(
        x.in(storage),
        dx.in(storage),
        head.in(storage),
        dHead.in(storage),
        mixer.in(storage),
        dMixer.in(storage));
  }
}
