package org.transnormer.model.lm.tnl;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Each layer's attention state, and the position; constant in the length of the text. */
final class TnlState implements SequenceState {

  private final Backend backend;
  private final Object owner;
  private final Storage storage;
  private final List<Tensor> layers;
  private long position;
  private boolean closed;
  private long batch;

  /**
   * @param owner whose monitor is held while the state is in use
   */
  TnlState(Backend backend, TnlConfig config, Object owner) {
    MemoryPlan plan = new MemoryPlan("state");
    List<MemoryPlan.Entry> entries = planned(plan, config);
    this.backend = backend;
    this.owner = owner;
    this.storage = backend.allocate(plan.name(), plan.bytes());
    this.layers = entries.stream().map(entry -> entry.in(storage)).toList();
  }

  static long bytes(TnlConfig config) {
    MemoryPlan plan = new MemoryPlan("state");
    planned(plan, config);
    return plan.bytes();
  }

  private static List<MemoryPlan.Entry> planned(MemoryPlan plan, TnlConfig config) {
    List<MemoryPlan.Entry> entries = new ArrayList<>();
    for (int l = 0; l < config.layers(); l++) {
      entries.add(plan.add("layers." + l, TnlLayers.sizes(config, l).stateShape()));
    }
    return entries;
  }

  /** [H ek, ev] */
  Tensor layer(int l) {
    if (closed) {
      throw new IllegalStateException("the state is closed");
    }
    return layers.get(l);
  }

  @Override
  public Map<String, float[]> numbers() {
    synchronized (owner) {
      Map<String, float[]> numbers = new LinkedHashMap<>();
      for (int l = 0; l < layers.size(); l++) {
        float[] copy = new float[Math.toIntExact(layer(l).elements())];
        backend.read(MemorySegment.ofArray(copy), layer(l));
        numbers.put(Integer.toString(l), copy);
      }
      return numbers;
    }
  }

  /** Returns whether it was not yet in that batch. */
  boolean join(long number) {
    boolean other = batch != number;
    batch = number;
    return other;
  }

  void advance(int tokens) {
    position += tokens;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public long bytes() {
    return storage.bytes();
  }

  @Override
  public void copyFrom(SequenceState other) {
    if (!(other instanceof TnlState source) || source.owner != owner) {
      throw new IllegalArgumentException("a state of another model");
    }
    synchronized (owner) {
      for (int l = 0; l < layers.size(); l++) {
        backend.copy(layer(l), source.layer(l));
      }
      position = source.position;
    }
  }

  @Override
  public void reset() {
    synchronized (owner) {
      for (int l = 0; l < layers.size(); l++) {
        backend.clear(layer(l));
      }
      position = 0;
    }
  }

  @Override
  public void close() {
    synchronized (owner) {
      if (!closed) {
        closed = true;
        backend.release(storage);
      }
    }
  }
}
