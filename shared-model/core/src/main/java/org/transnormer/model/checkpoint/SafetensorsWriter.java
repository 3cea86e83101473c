package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files; equal tensors in equal order give equal bytes. */
public final class SafetensorsWriter {

  /** The data then starts at a multiple of the widest element, as the reference writes it. */
  private static final int ALIGNMENT = 8;

  /** Bytes handed to the channel at once; a mapped or native segment may be larger than 2 GiB. */
  private static final long STRETCH = 1L << 26;

  /**
   * One tensor to write.
   *
   * @param content exactly as long as type and shape say
   */
  public record Source(String name, DType type, List<Long> shape, Content content) {
    public Source {
      shape = List.copyOf(shape);
    }

    /**
     * @param data its elements, little-endian, row-major
     */
    public Source(String name, DType type, List<Long> shape, MemorySegment data) {
      this(name, type, shape, _ -> data);
      requireLength(data);
    }

    /** Bytes that it takes in a file. */
    public long bytes() {
      long bytes = type.bytes();
      for (long axis : shape) {
        bytes = Math.multiplyExact(bytes, axis);
      }
      return bytes;
    }

    private MemorySegment requireLength(MemorySegment data) {
      if (bytes() != data.byteSize()) {
        throw new IllegalArgumentException(
            "tensor '%s' is %s%s but has %d bytes".formatted(name, type, shape, data.byteSize()));
      }
      return data;
    }

    /** Floats in native order, which the format shares on every machine that this runs on. */
    public static Source floats(String name, List<Long> shape, MemorySegment data) {
      requireLittleEndian();
      return new Source(name, DType.F32, shape, data);
    }

    /**
     * Floats that are rounded to another type on their way, the nearest, ties to even.
     *
     * @param type F32, BF16 or F16
     * @param floats in native order
     */
    public static Source rounded(String name, DType type, List<Long> shape, Content floats) {
      requireLittleEndian();
      return new Source(
          name,
          type,
          shape,
          arena -> {
            MemorySegment exact = floats.in(arena);
            return type == DType.F32 ? exact : Floats.rounded(type, exact, arena);
          });
    }

    private static void requireLittleEndian() {
      if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
        throw new IllegalStateException("safetensors are little-endian, this machine is not");
      }
    }
  }

  /** A tensor's elements, made when their turn comes, so that a file may be larger than memory. */
  @FunctionalInterface
  public interface Content {

    /**
     * @param arena closed once they are written
     */
    MemorySegment in(Arena arena) throws IOException;
  }

  private SafetensorsWriter() {}

  /** Writes the tensors in the given order and forces them to the disk. */
  public static void write(Path file, List<Source> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] header = header(tensors, metadata);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer length =
          ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      writeFully(channel, length.putLong(header.length).flip());
      writeFully(channel, ByteBuffer.wrap(header));
      for (Source tensor : tensors) {
        try (Arena arena = Arena.ofConfined()) {
          write(channel, tensor.requireLength(tensor.content().in(arena)));
        }
      }
      channel.force(true);
    }
  }

  private static byte[] header(List<Source> tensors, Map<String, String> metadata) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = root.putObject("__metadata__");
      new TreeMap<>(metadata).forEach(node::put);
    }
    Set<String> names = new HashSet<>();
    long at = 0;
    for (Source tensor : tensors) {
      if (!names.add(tensor.name()) || tensor.name().equals("__metadata__")) {
        throw new IllegalArgumentException("tensor name used twice: " + tensor.name());
      }
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.type().name());
      tensor.shape().forEach(node.putArray("shape")::add);
      long end = at + tensor.bytes();
      node.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    String json = JsonMapper.shared().writeValueAsString(root);
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    String padded =
        json + " ".repeat(Math.ceilDiv(bytes.length, ALIGNMENT) * ALIGNMENT - bytes.length);
    byte[] header = padded.getBytes(StandardCharsets.UTF_8);
    if (header.length > SafetensorsHeader.LONGEST) {
      throw new IllegalArgumentException("too many tensors for one file: " + tensors.size());
    }
    return header;
  }

  private static void write(FileChannel channel, MemorySegment data) throws IOException {
    for (long at = 0; at < data.byteSize(); at += STRETCH) {
      MemorySegment stretch = data.asSlice(at, Math.min(STRETCH, data.byteSize() - at));
      writeFully(
          channel,
          data.isNative()
              ? stretch.asByteBuffer()
              : ByteBuffer.wrap(stretch.toArray(ValueLayout.JAVA_BYTE)));
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
