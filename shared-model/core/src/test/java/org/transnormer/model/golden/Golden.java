package org.transnormer.model.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.transnormer.model.checkpoint.Safetensors;
import org.transnormer.model.checkpoint.TensorInfo;

/** A file of golden tensors, as host arrays. */
public final class Golden implements AutoCloseable {

  private final Safetensors file;

  private Golden(Safetensors file) {
    this.file = file;
  }

  public static Golden open(String name) {
    try {
      return new Golden(Safetensors.open(path(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Path path(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  public boolean has(String name) {
    return file.has(name);
  }

  /** Names that fit. */
  public List<String> names(Predicate<String> which) {
    return file.tensors().keySet().stream().filter(which).toList();
  }

  public int[] shape(String name) {
    return info(name).shape().stream().mapToInt(Long::intValue).toArray();
  }

  public float[] floats(String name) {
    try {
      float[] numbers = new float[(int) info(name).elements()];
      file.copyFloats(name, MemorySegment.ofArray(numbers), 0);
      return numbers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An I64 tensor. */
  public int[] ints(String name) {
    try {
      return Arrays.stream(file.data(name).toArray(ValueLayout.JAVA_LONG_UNALIGNED))
          .mapToInt(Math::toIntExact)
          .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TensorInfo info(String name) {
    try {
      return file.info(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
