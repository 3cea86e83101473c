package org.transnormer.artifacts.documents;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;

/**
 * {@code ids.idx}, little-endian: magic u64, version u32, documents u32, then for each of 256
 * buckets (first byte of the id) its end as an entry number u32 and the CRC-32C of its entries u32,
 * then the CRC-32C of all before it u32, then the entries in order of id: 16 bytes of id and the
 * ordinal u32. A look-up reads the head once and then one bucket.
 */
final class IdIndex {
  private static final int ID_BYTES = 16;
  private static final int ENTRY_BYTES = ID_BYTES + 4;
  private static final int BUCKETS = 256;
  private static final int HEAD_BYTES = 16 + BUCKETS * 8 + 4;

  private final ObjectStore store;
  private final StoredObject object;
  private final int[] ends = new int[BUCKETS];
  private final int[] checksums = new int[BUCKETS];

  private IdIndex(ObjectStore store, StoredObject object) {
    this.store = store;
    this.object = object;
  }

  /** Collects ids in order of their ordinals. */
  static final class Builder {
    private byte[] ids = new byte[1024 * ID_BYTES];
    private int count;

    void add(String id) {
      if ((count + 1) * ID_BYTES > ids.length) {
        ids = Arrays.copyOf(ids, Math.addExact(ids.length, ids.length / 2 / ID_BYTES * ID_BYTES));
      }
      for (int i = 0; i < ID_BYTES; i++) {
        ids[count * ID_BYTES + i] = (byte) HexFormat.fromHexDigits(id, 2 * i, 2 * i + 2);
      }
      count++;
    }

    void writeTo(OutputStream out) throws IOException {
      Integer[] order = new Integer[count];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> a.equals(b) ? 0 : compare(a, b));
      ByteBuffer entries =
          ByteBuffer.allocate(Math.multiplyExact(count, ENTRY_BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      int[] ends = new int[BUCKETS];
      for (int ordinal : order) {
        ends[ids[ordinal * ID_BYTES] & 0xff]++;
        entries.put(ids, ordinal * ID_BYTES, ID_BYTES).putInt(ordinal);
      }
      DataOutputStream data = new DataOutputStream(out);
      data.write(head(ends, entries.array()));
      data.write(entries.array());
      data.flush();
    }

    /** Equal ids stay in order of their ordinals, so that a look-up finds the first. */
    private int compare(int a, int b) {
      int byId =
          Arrays.compareUnsigned(
              ids, a * ID_BYTES, (a + 1) * ID_BYTES, ids, b * ID_BYTES, (b + 1) * ID_BYTES);
      return byId != 0 ? byId : Integer.compare(a, b);
    }

    private byte[] head(int[] sizes, byte[] entries) {
      ByteBuffer head =
          ByteBuffer.allocate(HEAD_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(ShardFormat.IDS_MAGIC)
              .putInt(ShardFormat.VERSION)
              .putInt(count);
      int end = 0;
      for (int size : sizes) {
        int start = end;
        end += size;
        head.putInt(end).putInt(crc(entries, start * ENTRY_BYTES, size * ENTRY_BYTES));
      }
      head.putInt(crc(head.array(), 0, head.position()));
      return head.array();
    }
  }

  static IdIndex open(ObjectStore store, StoredObject object, long documents) throws IOException {
    IdIndex index = new IdIndex(store, object);
    index.readHead(documents);
    return index;
  }

  private void readHead(long documents) throws IOException {
    byte[] bytes = read(0, HEAD_BYTES);
    ByteBuffer head = littleEndian(bytes);
    if (head.getLong() != ShardFormat.IDS_MAGIC) {
      throw corrupt("not an id index");
    }
    int version = head.getInt();
    if (version != ShardFormat.VERSION) {
      throw corrupt("id index of unknown version " + version);
    }
    int count = head.getInt();
    for (int i = 0; i < BUCKETS; i++) {
      ends[i] = head.getInt();
      checksums[i] = head.getInt();
      if (ends[i] < (i == 0 ? 0 : ends[i - 1])) {
        throw corrupt("buckets out of order");
      }
    }
    if (head.getInt() != crc(bytes, 0, HEAD_BYTES - 4)) {
      throw corrupt("checksum of the head differs");
    }
    boolean whole =
        count == documents
            && ends[BUCKETS - 1] == count
            && object.size() == HEAD_BYTES + (long) count * ENTRY_BYTES;
    if (!whole) {
      throw corrupt("does not cover the shard");
    }
  }

  /** Ordinal of the first document with the id. */
  OptionalLong find(String id) throws IOException {
    byte[] wanted = HexFormat.of().parseHex(id);
    int bucket = wanted[0] & 0xff;
    int start = bucket == 0 ? 0 : ends[bucket - 1];
    int size = ends[bucket] - start;
    if (size == 0) {
      return OptionalLong.empty();
    }
    byte[] entries =
        read(HEAD_BYTES + (long) start * ENTRY_BYTES, Math.multiplyExact(size, ENTRY_BYTES));
    if (crc(entries, 0, entries.length) != checksums[bucket]) {
      throw corrupt("checksum of bucket " + bucket + " differs");
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(entries, middle, wanted) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < size && compare(entries, low, wanted) == 0
        ? OptionalLong.of(littleEndian(entries).getInt(low * ENTRY_BYTES + ID_BYTES))
        : OptionalLong.empty();
  }

  private static int compare(byte[] entries, int entry, byte[] id) {
    int at = entry * ENTRY_BYTES;
    return Arrays.compareUnsigned(entries, at, at + ID_BYTES, id, 0, ID_BYTES);
  }

  private byte[] read(long offset, int length) throws IOException {
    try (InputStream in = store.open(object.key(), offset, length)) {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw corrupt("ends early");
      }
      return bytes;
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  private CorruptArtifactException corrupt(String reason) {
    return new CorruptArtifactException(object.key(), reason);
  }
}
