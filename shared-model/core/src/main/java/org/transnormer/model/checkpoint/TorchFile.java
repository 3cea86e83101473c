package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.transnormer.model.checkpoint.Pickle.StoredTensor;

/**
 * A state dictionary as {@code torch.save} writes it since PyTorch 1.6: a zip of stored entries, a
 * pickle that names the tensors, and one entry per storage. The pickle is interpreted by {@link
 * Pickle}, which runs nothing; every tensor is checked to lie inside its storage, and every storage
 * inside the file, before anything is believed.
 */
final class TorchFile implements TensorFile {

  /** Bytes; a tensor takes about 200. */
  private static final long LONGEST_PICKLE = 1L << 24;

  /** Bytes of the zip's directory; a tensor takes about 100. */
  private static final long LONGEST_DIRECTORY = 1L << 24;

  /** The record at a zip's end, and places in it (PKWARE's APPNOTE.TXT, 4.3.16). */
  private static final int END_BYTES = 22;

  private static final int END_SIGNATURE = 0x06054B50;
  private static final int DIRECTORY_SIZE = 12;
  private static final int COMMENT_LENGTH = 20;
  private static final int BUFFER = 1 << 20;

  private final Path file;
  private final ZipFile zip;
  private final String prefix;
  private final SequencedMap<String, StoredTensor> stored;
  private final SequencedMap<String, TensorInfo> tensors;

  private TorchFile(
      Path file, ZipFile zip, String prefix, SequencedMap<String, StoredTensor> stored) {
    this.file = file;
    this.zip = zip;
    this.prefix = prefix;
    this.stored = stored;
    SequencedMap<String, TensorInfo> infos = new LinkedHashMap<>();
    stored.forEach((name, t) ->
        infos.put(
            name,
            new TensorInfo(
                name,
                t.storage().type(),
                t.shape(),
                t.offset() * t.storage().type().bytes(),
                t.elements() * t.storage().type().bytes())));
    this.tensors = Collections.unmodifiableSequencedMap(infos);
  }

  static TorchFile open(Path file) throws IOException {
    ZipFile zip;
    try {
      requireShortDirectory(file);
      zip = new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new MalformedCheckpointException(
          file,
          "is no zip, so no PyTorch file of version 1.6 or later (%s); an older one must be saved"
                  .formatted(e.getMessage())
              + " again by a newer PyTorch",
          e);
    }
    try {
      return read(file, zip);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /**
   * The directory of a zip is read as a whole before anything can be said of it. Its size stands in
   * the last record, behind which PyTorch writes nothing; a size that does not fit there is too
   * large too.
   */
  private static void requireShortDirectory(Path file) throws IOException {
    ByteBuffer end = ByteBuffer.allocate(END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(Math.max(0, channel.size() - END_BYTES));
      while (end.hasRemaining() && channel.read(end) >= 0) {}
    }
    if (end.getInt(0) != END_SIGNATURE || end.getShort(COMMENT_LENGTH) != 0) {
      throw new ZipException("it does not end as one");
    }
    long bytes = Integer.toUnsignedLong(end.getInt(DIRECTORY_SIZE));
    if (bytes > LONGEST_DIRECTORY) {
      throw new MalformedCheckpointException(
          file, "has a zip directory of %d bytes".formatted(bytes));
    }
  }

  private static TorchFile read(Path file, ZipFile zip) throws IOException {
    ZipEntry pickle = null;
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
      ZipEntry entry = all.nextElement();
      if (entry.getName().matches("[^/]*/data\\.pkl")) {
        if (pickle != null) {
          throw new MalformedCheckpointException(file, "has two data.pkl");
        }
        pickle = entry;
      }
    }
    if (pickle == null) {
      throw new MalformedCheckpointException(file, "is a zip without data.pkl, no PyTorch file");
    }
    requireStored(file, pickle);
    if (pickle.getSize() > LONGEST_PICKLE) {
      throw new MalformedCheckpointException(
          file, "has a pickle of %d bytes".formatted(pickle.getSize()));
    }
    String prefix = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
    requireLittleEndian(file, zip, prefix);
    Map<?, ?> root = new Pickle(file, bytes(zip, pickle)).stateDictionary();
    SequencedMap<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : root.entrySet()) {
      if (!(entry.getKey() instanceof String name)
          || !(entry.getValue() instanceof StoredTensor tensor)) {
        throw new MalformedCheckpointException(
            file, "holds something other than tensors by name: " + entry.getKey());
      }
      requireInside(file, zip, prefix, name, tensor);
      tensors.put(name, tensor);
    }
    return new TorchFile(file, zip, prefix, tensors);
  }

  private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readNBytes(Math.toIntExact(entry.getSize()));
    }
  }

  private static void requireLittleEndian(Path file, ZipFile zip, String prefix)
      throws IOException {
    ZipEntry order = zip.getEntry(prefix + "byteorder");
    if (order != null) {
      requireStored(file, order);
      String name = new String(bytes(zip, order), StandardCharsets.US_ASCII).strip();
      if (!name.equals("little")) {
        throw new MalformedCheckpointException(file, "has numbers in byte order " + name);
      }
    }
  }

  /** A stored entry is as large in the file as it says, so that it cannot swell. */
  private static void requireStored(Path file, ZipEntry entry) throws MalformedCheckpointException {
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
      throw new MalformedCheckpointException(
          file, "has a compressed entry " + entry.getName() + ", which PyTorch never writes");
    }
  }

  private static void requireInside(
      Path file, ZipFile zip, String prefix, String name, StoredTensor tensor)
      throws MalformedCheckpointException {
    ZipEntry entry = zip.getEntry(prefix + "data/" + tensor.storage().key());
    if (entry == null) {
      throw new MalformedCheckpointException(
          file,
          "tensor '%s' lies in storage %s, which is missing"
              .formatted(name, tensor.storage().key()));
    }
    requireStored(file, entry);
    long bytes = tensor.storage().type().bytes();
    long elements = entry.getSize() / bytes;
    if (tensor.storage().elements() > elements
        || tensor.offset() > tensor.storage().elements() - tensor.elements()) {
      throw new MalformedCheckpointException(
          file,
          "tensor '%s' of shape %s at %d does not lie inside its storage of %d"
              .formatted(name, tensor.shape(), tensor.offset(), elements));
    }
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public SequencedMap<String, TensorInfo> tensors() {
    return tensors;
  }

  @Override
  public void copyFloats(String name, MemorySegment target, long offset) throws IOException {
    DType type = info(name).type();
    readBytes(
        name,
        BUFFER / type.bytes(),
        (first, data) -> Floats.copy(type, data, target, offset + first * Float.BYTES));
  }

  @Override
  public void stream(String name, long most, Stretch use) throws IOException {
    DType type = info(name).type();
    long longest = Math.min(most, info(name).elements());
    try (Arena stretch = Arena.ofConfined()) {
      MemorySegment floats = stretch.allocate(longest * Float.BYTES, Float.BYTES);
      readBytes(
          name,
          Math.toIntExact(longest),
          (first, data) -> {
            Floats.copy(type, data, floats, 0);
            long bytes = data.byteSize() / type.bytes() * Float.BYTES;
            use.take(first, floats.asSlice(0, bytes));
          });
    }
  }

  /** A tensor's bytes as they are stored, a stretch of elements at a time. */
  private void readBytes(String name, int most, Stretch use) throws IOException {
    TensorInfo info = info(name);
    StoredTensor tensor = stored.get(name);
    if (tensor == null || !Floats.readable(info.type())) {
      throw new MalformedCheckpointException(
          file, "tensor '%s' is %s where F32, BF16 or F16 is needed".formatted(name, info.type()));
    }
    ZipEntry entry = zip.getEntry(prefix + "data/" + tensor.storage().key());
    byte[] buffer = new byte[most * info.type().bytes()];
    try (InputStream in = zip.getInputStream(entry)) {
      in.skipNBytes(info.offset());
      for (long first = 0; first < info.elements(); first += most) {
        int count = (int) Math.min(most, info.elements() - first) * info.type().bytes();
        if (in.readNBytes(buffer, 0, count) < count) {
          throw new MalformedCheckpointException(file, "tensor '" + name + "' is cut off");
        }
        use.take(first, MemorySegment.ofArray(buffer).asSlice(0, count));
      }
    } catch (ZipException e) {
      throw new MalformedCheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean same(String name, TensorFile other, String otherName) throws IOException {
    StoredTensor mine = stored.get(name);
    return other == this && mine != null && mine.equals(stored.get(otherName))
        || TensorFile.super.same(name, other, otherName);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
