package org.transnormer.model.cli.verify;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Host arrays as a backend's tensors and back; releases them together. */
final class HostTensors implements AutoCloseable {

  private final Backend backend;
  private final List<Storage> storages = new ArrayList<>();

  HostTensors(Backend backend) {
    this.backend = backend;
  }

  Tensor of(float[] numbers, long... shape) {
    Tensor tensor = zeros(shape);
    if (tensor.elements() != numbers.length) {
      throw new IllegalArgumentException(
          "%d numbers for shape %s".formatted(numbers.length, Arrays.toString(shape)));
    }
    backend.write(tensor, MemorySegment.ofArray(numbers));
    return tensor;
  }

  Tensor zeros(long... shape) {
    long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    Storage storage = backend.allocate("verify", Math.max(1, elements) * Float.BYTES);
    storages.add(storage);
    return Tensor.of(storage, 0, shape);
  }

  float[] array(Tensor tensor) {
    return array(backend, tensor);
  }

  static float[] array(Backend backend, Tensor tensor) {
    float[] numbers = new float[Math.toIntExact(tensor.elements())];
    backend.read(MemorySegment.ofArray(numbers), tensor);
    return numbers;
  }

  @Override
  public void close() {
    storages.forEach(backend::release);
  }
}
