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
public final class Safetensors implements AutoCloseable {

  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
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

  public Path file() {
    return file;
  }

  /** In the order of their data. */
  public SequencedMap<String, TensorInfo> tensors() {
    return header.tensors();
  }

  public Map<String, String> metadata() {
    return header.metadata();
  }

  public boolean has(String name) {
    return header.tensors().containsKey(name);
  }

  /**
   * @throws MalformedCheckpointException if there is no such tensor
   */
  public TensorInfo info(String name) throws MalformedCheckpointException {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new MalformedCheckpointException(file, "has no tensor '" + name + "'");
    }
    return info;
  }

  /** The tensor's bytes as they lie in the file, little-endian; valid until {@link #close}. */
  public MemorySegment data(String name) throws MalformedCheckpointException {
    TensorInfo info = info(name);
    return bytes.asSlice(info.offset(), info.bytes());
  }

  /**
   * Copies a tensor of type F32, BF16 or F16 as native floats.
   *
   * @param target overwritten from {@code offset} (bytes) on
   */
  public void copyFloats(String name, MemorySegment target, long offset)
      throws MalformedCheckpointException {
    TensorInfo info = info(name);
    MemorySegment data = data(name);
    long n = info.elements();
    switch (info.type()) {
      case F32 ->
          MemorySegment.copy(data, F32, 0, target, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, n);
      case BF16 -> {
        for (long i = 0; i < n; i++) {
          float value = Float.intBitsToFloat(data.get(U16, 2 * i) << 16);
          target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4 * i, value);
        }
      }
      case F16 -> {
        for (long i = 0; i < n; i++) {
          float value = Float.float16ToFloat(data.get(U16, 2 * i));
          target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4 * i, value);
        }
      }
      case BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, I32, U32, F64, I64, U64 ->
          throw new MalformedCheckpointException(
              file,
              "tensor '%s' is %s where F32, BF16 or F16 is needed".formatted(name, info.type()));
    }
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
