package org.transnormer.artifacts.documents;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.store.CorruptArtifactException;

/**
 * {@code frames.idx}, little-endian: magic u64, version u32, frames u32, then for each frame offset
 * u64, compressed bytes u32, uncompressed bytes u32, first ordinal u32, documents u32, SHA-256 of
 * the compressed bytes.
 */
record FrameIndex(List<Frame> frames) {
  private static final int HEADER_BYTES = 16;
  private static final int DIGEST_BYTES = 32;
  private static final int FRAME_BYTES = 24 + DIGEST_BYTES;

  /** Larger than any index of a shard within the limits. */
  static final int MAX_BYTES = 256 << 20;

  record Frame(
      long offset,
      int compressed,
      int uncompressed,
      int firstOrdinal,
      int documents,
      String sha256) {
    boolean holds(long ordinal) {
      return ordinal >= firstOrdinal && ordinal < (long) firstOrdinal + documents;
    }
  }

  long documents() {
    return frames.isEmpty() ? 0 : (long) frames.getLast().firstOrdinal + frames.getLast().documents;
  }

  /** Index of the frame that holds the document. */
  int frameOf(long ordinal) {
    int low = 0;
    int high = frames.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (frames.get(middle).firstOrdinal <= ordinal) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  byte[] bytes() {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + frames.size() * FRAME_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(ShardFormat.FRAMES_MAGIC)
            .putInt(ShardFormat.VERSION)
            .putInt(frames.size());
    for (Frame frame : frames) {
      out.putLong(frame.offset)
          .putInt(frame.compressed)
          .putInt(frame.uncompressed)
          .putInt(frame.firstOrdinal)
          .putInt(frame.documents)
          .put(Digests.bytes(frame.sha256));
    }
    return out.array();
  }

  /** Accepts only frames that follow each other without gaps and fill the documents' object. */
  static FrameIndex parse(byte[] bytes, String key, ShardRef shard)
      throws CorruptArtifactException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < HEADER_BYTES || in.getLong() != ShardFormat.FRAMES_MAGIC) {
      throw new CorruptArtifactException(key, "not a frame index");
    }
    int version = in.getInt();
    if (version != ShardFormat.VERSION) {
      throw new CorruptArtifactException(key, "frame index of unknown version " + version);
    }
    int count = in.getInt();
    if (count < 0 || in.remaining() != (long) count * FRAME_BYTES) {
      throw new CorruptArtifactException(key, "frame index of the wrong size");
    }
    List<Frame> frames = new ArrayList<>(count);
    long offset = 0;
    long ordinal = 0;
    for (int i = 0; i < count; i++) {
      Frame frame = frame(in);
      requireNext(frame, offset, ordinal, key);
      offset += frame.compressed;
      ordinal += frame.documents;
      frames.add(frame);
    }
    if (offset != shard.bytes() || ordinal != shard.documents()) {
      throw new CorruptArtifactException(key, "frame index does not cover the shard");
    }
    return new FrameIndex(List.copyOf(frames));
  }

  private static Frame frame(ByteBuffer in) {
    long offset = in.getLong();
    int compressed = in.getInt();
    int uncompressed = in.getInt();
    int firstOrdinal = in.getInt();
    int documents = in.getInt();
    byte[] sha256 = new byte[DIGEST_BYTES];
    in.get(sha256);
    return new Frame(
        offset, compressed, uncompressed, firstOrdinal, documents, Digests.hex(sha256));
  }

  private static void requireNext(Frame frame, long offset, long ordinal, String key)
      throws CorruptArtifactException {
    boolean legal =
        frame.offset == offset
            && frame.firstOrdinal == ordinal
            && frame.compressed > 0
            && frame.documents > 0
            && frame.uncompressed > 0
            && frame.compressed <= ShardLimits.MAX_FRAME_BYTES + 1024
            && frame.uncompressed <= ShardLimits.MAX_FRAME_BYTES;
    if (!legal) {
      throw new CorruptArtifactException(
          key, "illegal frame at offset %d: %s".formatted(offset, describe(frame)));
    }
  }

  private static String describe(Frame frame) {
    return Arrays.toString(
        new long[] {
          frame.offset, frame.compressed, frame.uncompressed, frame.firstOrdinal, frame.documents
        });
  }
}
