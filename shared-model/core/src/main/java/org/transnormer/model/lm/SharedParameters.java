package org.transnormer.model.lm;

import java.util.Arrays;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Storage;

/**
 * Every rank keeps a slice of parameters and gradients (ZeRO, arXiv 1910.02054, stage 3). A block's
 * parameters come together in a window while the block before is computed, and its gradients are
 * added up, each where it is kept, while the next one is; two windows of each kind take turns, and
 * block 0 has its own. Gradients of earlier passes of a step go into the window of the rank that
 * keeps them, so that the sum over ranks is the sum over passes too.
 */
final class SharedParameters implements ParameterMemory {

  private static final int NOTHING = -1;

  private final Backend backend;
  private final ParameterLayout layout;
  private final Collectives group;
  private final Collectives aside;
  private final KeptParameters kept;
  private final ParameterWindows windows;
  private final ParameterWindows gradientWindows;
  private final Storage exactStorage;
  private final NamedTensors exactHere;
  private final int[] inWindow = new int[ParameterWindows.TURNS];
  private int addedUp = NOTHING;

  SharedParameters(Backend backend, ParameterLayout layout, Collectives group) {
    this.backend = backend;
    this.layout = layout;
    this.group = group;
    this.aside = group.aside();
    ElementType compute = backend.compute();
    this.kept = KeptParameters.of(backend, layout, group);
    this.windows = new ParameterWindows("parameters at work", backend, compute, layout);
    this.gradientWindows =
        new ParameterWindows("gradients at work", backend, ElementType.F32, layout);
    this.exactStorage =
        backend.allocate("exact parameters", NamedTensors.bytes(layout.exactShapes()));
    this.exactHere = new NamedTensors(exactStorage, layout.exactShapes());
  }

  /** What is taken beside slices. */
  static MemoryPlan windows(ParameterLayout layout, ElementType compute) {
    MemoryPlan plan = new MemoryPlan("at work");
    plan.add("parameters", compute, ParameterWindows.elements(compute, layout));
    plan.add("gradients", ParameterWindows.elements(ElementType.F32, layout));
    plan.add("exact", NamedTensors.bytes(layout.exactShapes()) / Float.BYTES);
    return plan;
  }

  @Override
  public KeptParameters kept() {
    return kept;
  }

  @Override
  public Here here() {
    return new Here(exactHere, windows, gradientWindows);
  }

  @Override
  public void round() {
    kept.round(backend);
    updated();
  }

  /** Those that are read as floats are few, and on every rank. */
  @Override
  public void updated() {
    exactHere
        .byName()
        .forEach((name, numbers) -> {
          long from = layout.from(name);
          exact().bring(numbers.reshape(numbers.elements(), 1), from, group);
        });
  }

  @Override
  public void begin(boolean back) {
    Arrays.fill(inWindow, NOTHING);
    addedUp = NOTHING;
    bring(0);
    if (layout.blocks() > 1) {
      bring(1);
    }
    group.awaitAside();
    if (back) {
      clear(0);
    }
  }

  @Override
  public void forward(int block) {
    requireHere(block);
    if (block + 1 < layout.blocks()) {
      bringUnlessHere(block + 1);
    }
  }

  @Override
  public void backward(int block) {
    requireHere(block);
    keepWhatWasAddedUp();
    if (block > 1) {
      bringUnlessHere(block - 1);
    }
    if (block + 1 < layout.blocks()) {
      addUp(block + 1);
    }
    clear(block);
  }

  @Override
  public void end() {
    for (int block = Math.min(1, layout.blocks() - 1); block >= 0; block--) {
      group.awaitAside();
      keepWhatWasAddedUp();
      addUp(block);
    }
    group.awaitAside();
    keepWhatWasAddedUp();
  }

  private void requireHere(int block) {
    bringUnlessHere(block);
    group.awaitAside();
  }

  private void bringUnlessHere(int block) {
    if (inWindow[block % inWindow.length] != block) {
      bring(block);
    }
  }

  /** Begins to bring a block's parameters together. */
  private void bring(int block) {
    if (block > 0) {
      inWindow[block % inWindow.length] = block;
    }
    rounded().bring(windows.of(block), layout.from(block), aside);
  }

  /** Makes room for a block's gradients. */
  private void clear(int block) {
    backend.clear(gradientWindows.of(block));
    gradients().put(gradientWindows.of(block), layout.from(block));
  }

  /** Begins to add up a block's gradients. */
  private void addUp(int block) {
    gradients().addUp(gradientWindows.of(block), layout.from(block), aside);
    addedUp = block;
  }

  private void keepWhatWasAddedUp() {
    if (addedUp != NOTHING) {
      gradients().take(gradientWindows.of(addedUp), layout.from(addedUp));
      addedUp = NOTHING;
    }
  }

  @Override
  public void close() {
    backend.release(exactStorage);
    gradientWindows.close();
    windows.close();
    kept.close();
  }
}
