package org.transnormer.model.lm;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.tensor.TensorsByName;

/** Room for block 0, and for {@value #TURNS} of the other blocks, which take turns. */
final class ParameterWindows implements TensorsByName, AutoCloseable {

  static final int TURNS = 2;

  private final Backend backend;
  private final ElementType type;
  private final ParameterLayout layout;
  private final Storage storage;

  ParameterWindows(String name, Backend backend, ElementType type, ParameterLayout layout) {
    this.backend = backend;
    this.type = type;
    this.layout = layout;
    this.storage = backend.allocate(name, elements(type, layout) * type.bytes());
  }

  /** What all windows together have room for. */
  static long elements(ElementType type, ParameterLayout layout) {
    return first(type, layout) + TURNS * turn(type, layout);
  }

  private static long first(ElementType type, ParameterLayout layout) {
    return aligned(type, layout.size(0));
  }

  private static long turn(ElementType type, ParameterLayout layout) {
    long largest = 0;
    for (int block = 1; block < layout.blocks(); block++) {
      largest = Math.max(largest, layout.size(block));
    }
    return aligned(type, largest);
  }

  private static long aligned(ElementType type, long elements) {
    long grain = MemoryPlan.ALIGNMENT / type.bytes();
    return Math.ceilDiv(elements, grain) * grain;
  }

  private long place(int block) {
    return block == 0 ? 0 : first(type, layout) + block % TURNS * turn(type, layout);
  }

  /** [n, 1] the room of a block's rows. */
  Tensor of(int block) {
    return Tensor.of(storage, type, place(block), layout.size(block), 1);
  }

  private long place(String name) {
    int block = layout.block(name);
    return place(block) + layout.from(name) - layout.from(block);
  }

  @Override
  public Tensor get(String name) {
    return Tensor.of(storage, type, place(name), layout.shape(name));
  }

  @Override
  public Tensor range(String first, String last, int columns) {
    long elements = layout.to(last) - layout.from(first);
    if (layout.block(first) != layout.block(last) || elements <= 0 || elements % columns != 0) {
      throw new IllegalArgumentException(
          "%s to %s is no matrix of %d columns".formatted(first, last, columns));
    }
    return Tensor.of(storage, type, place(first), elements / columns, columns);
  }

  @Override
  public void close() {
    backend.release(storage);
  }
}
