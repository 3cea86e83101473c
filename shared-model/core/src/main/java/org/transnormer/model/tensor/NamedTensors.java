package org.transnormer.model.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One storage with named tensors that follow each other without a gap, so that an optimizer, a
 * checkpoint or an exchange between ranks can take all of them, or a layer's, as one range.
 */
public final class NamedTensors implements TensorsByName {

  private final Storage storage;
  private final Tensor all;
  private final SequencedMap<String, Tensor> byName;

  /** Tensors of floats. */
  public NamedTensors(Storage storage, SequencedMap<String, long[]> shapes) {
    this(storage, ElementType.F32, shapes);
  }

  /**
   * @param shapes in the order in which the tensors lie
   */
  public NamedTensors(Storage storage, ElementType type, SequencedMap<String, long[]> shapes) {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    long offset = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      Tensor tensor = Tensor.of(storage, type, offset, entry.getValue());
      tensors.put(entry.getKey(), tensor);
      offset += tensor.elements();
    }
    this.storage = storage;
    this.all = Tensor.of(storage, type, 0, offset, 1);
    this.byName = Collections.unmodifiableSequencedMap(tensors);
  }

  /** Bytes that a storage of floats for these shapes needs. */
  public static long bytes(SequencedMap<String, long[]> shapes) {
    return bytes(ElementType.F32, shapes);
  }

  /** Bytes that a storage for these shapes needs. */
  public static long bytes(ElementType type, SequencedMap<String, long[]> shapes) {
    long elements = 0;
    for (long[] shape : shapes.values()) {
      long product = 1;
      for (long axis : shape) {
        product = Math.multiplyExact(product, axis);
      }
      elements = Math.addExact(elements, product);
    }
    return Math.multiplyExact(elements, type.bytes());
  }

  public Storage storage() {
    return storage;
  }

  /** Everything, as one dense column. */
  public Tensor all() {
    return all;
  }

  public SequencedMap<String, Tensor> byName() {
    return byName;
  }

  @Override
  public Tensor get(String name) {
    Tensor tensor = byName.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  @Override
  public Tensor range(String first, String last, int columns) {
    Tensor from = get(first);
    Tensor to = get(last);
    long elements = to.offset() + to.elements() - from.offset();
    if (elements <= 0 || elements % columns != 0) {
      throw new IllegalArgumentException(
          "%s to %s is no matrix of %d columns".formatted(first, last, columns));
    }
    return Tensor.of(storage, from.type(), from.offset(), elements / columns, columns);
  }
}
