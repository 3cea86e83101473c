package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.MalformedCheckpointException;
import org.transnormer.model.checkpoint.Safetensors;

/** A file of reference tensors that remembers which of them were used. */
final class GoldenFile implements AutoCloseable {

  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Safetensors file;
  private final Set<String> used = new TreeSet<>();

  private GoldenFile(Safetensors file) {
    this.file = file;
  }

  static GoldenFile open(Path path) throws IOException {
    return new GoldenFile(Safetensors.open(path));
  }

  boolean has(String name) {
    return file.has(name);
  }

  Set<String> names() {
    return Collections.unmodifiableSet(file.tensors().keySet());
  }

  /** Tensors that nobody asked for. */
  List<String> unused() {
    return file.tensors().keySet().stream().filter(name -> !used.contains(name)).toList();
  }

  int[] shape(String name) throws IOException {
    used.add(name);
    return file.info(name).shape().stream().mapToInt(Math::toIntExact).toArray();
  }

  /** The shape of a tensor with that many axes. */
  int[] shape(String name, int axes) throws IOException {
    int[] shape = shape(name);
    if (shape.length != axes) {
      throw new MalformedCheckpointException(
          file.file(), "tensor '%s' has %d axes, not %d".formatted(name, shape.length, axes));
    }
    return shape;
  }

  float[] floats(String name) throws IOException {
    used.add(name);
    if (file.info(name).type() == DType.F64) {
      double[] wide = doubles(name);
      float[] narrow = new float[wide.length];
      for (int i = 0; i < wide.length; i++) {
        narrow[i] = (float) wide[i];
      }
      return narrow;
    }
    return file.floats(name);
  }

  double[] doubles(String name) throws IOException {
    used.add(name);
    if (file.info(name).type() != DType.F64) {
      return Measures.doubles(file.floats(name));
    }
    MemorySegment data = file.data(name);
    double[] numbers = new double[Math.toIntExact(file.info(name).elements())];
    MemorySegment.copy(data, F64, 0, numbers, 0, numbers.length);
    return numbers;
  }

  /** Tokens, labels and positions. */
  int[] ints(String name) throws IOException {
    used.add(name);
    if (file.info(name).type() == DType.I32) {
      MemorySegment data = file.data(name);
      int[] numbers = new int[Math.toIntExact(file.info(name).elements())];
      MemorySegment.copy(data, I32, 0, numbers, 0, numbers.length);
      return numbers;
    }
    long[] wide = file.longs(name);
    int[] numbers = new int[wide.length];
    for (int i = 0; i < wide.length; i++) {
      numbers[i] = Math.toIntExact(wide[i]);
    }
    return numbers;
  }

  @Override
  public void close() {
    file.close();
  }
}
