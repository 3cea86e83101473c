package org.transnormer.model.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.SequencedMap;

/** A safetensors file, mapped and read-only; its header is believed only after it was checked. */
public final class Safetensors implements TensorFile {

  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final SafetensorsHeader header;
  private final Arena arena;
  private final MemorySegment bytes;

  private Safetensors(Path file, SafetensorsHeader header, Arena arena, MemorySegment bytes) {
    this.file = file;
    this.header = header;
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Opens a file; close it when nothing reads {@link #data} any more.
   *
   * @throws MalformedCheckpointException saying what is wrong with the file
   */
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed by close(), or here on a failure
  public static Safetensors open(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < SafetensorsHeader.LENGTH_BYTES) {
        throw new MalformedCheckpointException(file, "is too short to be a safetensors file");
      }
      long length = read(channel, 0, SafetensorsHeader.LENGTH_BYTES).getLong();
      if (length < 0
          || length > SafetensorsHeader.LONGEST
          || length > size - SafetensorsHeader.LENGTH_BYTES) {
        throw new MalformedCheckpointException(
            file,
            "announces a header of %s bytes in a file of %d"
                .formatted(Long.toUnsignedString(length), size));
      }
      byte[] json = read(channel, SafetensorsHeader.LENGTH_BYTES, (int) length).array();
      SafetensorsHeader header = SafetensorsHeader.parse(file, json, size);
      Arena arena = Arena.ofShared();
      try {
        return new Safetensors(file, header, arena, channel.map(MapMode.READ_ONLY, 0, size, arena));
      } catch (IOException | RuntimeException e) {
        arena.close();
        throw e;
      }
    }
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException("file shrank while it was read");
      }
    }
    return buffer.flip();
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public SequencedMap<String, TensorInfo> tensors() {
    return header.tensors();
  }

  public Map<String, String> metadata() {
    return header.metadata();
  }

  public boolean has(String name) {
    return header.tensors().containsKey(name);
  }

  /** The tensor's bytes as they lie in the file, little-endian; valid until {@link #close}. */
  public MemorySegment data(String name) throws MalformedCheckpointException {
    TensorInfo info = info(name);
    return bytes.asSlice(info.offset(), info.bytes());
  }

  @Override
  public void copyFloats(String name, MemorySegment target, long offset)
      throws MalformedCheckpointException {
    Floats.copy(readable(name).type(), data(name), target, offset);
  }

  @Override
  public void stream(String name, long most, Stretch use) throws IOException {
    TensorInfo info = readable(name);
    MemorySegment data = data(name);
    int bytes = info.type().bytes();
    try (Arena stretch = Arena.ofConfined()) {
      long longest = Math.min(most, info.elements());
      MemorySegment floats = stretch.allocate(longest * Float.BYTES, Float.BYTES);
      for (long first = 0; first < info.elements(); first += most) {
        long count = Math.min(most, info.elements() - first);
        Floats.copy(info.type(), data.asSlice(first * bytes, count * bytes), floats, 0);
        use.take(first, floats.asSlice(0, count * Float.BYTES));
      }
    }
  }

  private TensorInfo readable(String name) throws MalformedCheckpointException {
    TensorInfo info = info(name);
    if (!Floats.readable(info.type())) {
      throw new MalformedCheckpointException(
          file, "tensor '%s' is %s where F32, BF16 or F16 is needed".formatted(name, info.type()));
    }
    return info;
  }

  @Override
  public boolean same(String name, TensorFile other, String otherName) throws IOException {
    if (other instanceof Safetensors mapped
        && info(name).type() == mapped.info(otherName).type()
        && info(name).shape().equals(mapped.info(otherName).shape())) {
      return data(name).mismatch(mapped.data(otherName)) == -1;
    }
    return TensorFile.super.same(name, other, otherName);
  }

  /** {@link #copyFloats} into a new array. */
  public float[] floats(String name) throws MalformedCheckpointException {
    float[] values = new float[arrayLength(info(name))];
    copyFloats(name, MemorySegment.ofArray(values), 0);
    return values;
  }

  /** A tensor of type I64. */
  public long[] longs(String name) throws MalformedCheckpointException {
    TensorInfo info = info(name);
    if (info.type() != DType.I64) {
      throw new MalformedCheckpointException(
          file, "tensor '%s' is %s where I64 is needed".formatted(name, info.type()));
    }
    long[] values = new long[arrayLength(info)];
    MemorySegment.copy(data(name), I64, 0, values, 0, values.length);
    return values;
  }

  private int arrayLength(TensorInfo info) throws MalformedCheckpointException {
    if (info.elements() > Integer.MAX_VALUE - 8) {
      throw new MalformedCheckpointException(
          file, "tensor '%s' is too large for an array".formatted(info.name()));
    }
    return (int) info.elements();
  }

  @Override
  public void close() {
    arena.close();
  }
}
