package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SequencedMap;

/**
 * Named tensors at rest, in whatever format; opening one has checked all that it says of itself.
 */
public interface TensorFile extends AutoCloseable {

  Path file();

  /** In the order of their data. */
  SequencedMap<String, TensorInfo> tensors();

  /**
   * @throws MalformedCheckpointException if there is no such tensor
   */
  default TensorInfo info(String name) throws MalformedCheckpointException {
    TensorInfo info = tensors().get(name);
    if (info == null) {
      throw new MalformedCheckpointException(file(), "has no tensor '" + name + "'");
    }
    return info;
  }

  /**
   * Copies a tensor of type F32, BF16 or F16 as native floats.
   *
   * @param target overwritten from {@code offset} (bytes) on
   */
  void copyFloats(String name, MemorySegment target, long offset) throws IOException;

  /** Gets a tensor's numbers in order, a stretch at a time. */
  @FunctionalInterface
  interface Stretch {

    /**
     * @param first index of the stretch's first element
     * @param floats native, gone when this returns
     */
    void take(long first, MemorySegment floats) throws IOException;
  }

  /**
   * Reads a tensor of type F32, BF16 or F16 without ever holding all of it as floats.
   *
   * @param most elements of a stretch; only the last is shorter
   */
  void stream(String name, long most, Stretch use) throws IOException;

  /** Whether a tensor has the same shape and the same numbers as one of another file. */
  default boolean same(String name, TensorFile other, String otherName) throws IOException {
    if (!info(name).shape().equals(other.info(otherName).shape())) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      long bytes = info(name).elements() * Float.BYTES;
      MemorySegment mine = arena.allocate(bytes, Float.BYTES);
      MemorySegment others = arena.allocate(bytes, Float.BYTES);
      copyFloats(name, mine, 0);
      other.copyFloats(otherName, others, 0);
      return mine.mismatch(others) == -1;
    }
  }

  @Override
  void close();

  /** A file in the format that its name ends in. */
  static TensorFile open(Path file) throws IOException {
    return file.getFileName().toString().endsWith(".bin")
        ? TorchFile.open(file)
        : Safetensors.open(file);
  }
}
