package org.transnormer.artifacts.documents;

import java.nio.charset.StandardCharsets;

/**
 * Names and magic numbers of a document shard, format {@code tnl/document-shard/1}.
 *
 * <ul>
 *   <li>{@code documents.jsonl.zst}: lines {@code {"id","text","source","metadata"}} in independent
 *       zstd frames; any zstd tool reads it.
 *   <li>{@code frames.idx}: place, size and SHA-256 of every frame; see {@link FrameIndex}.
 *   <li>{@code ids.idx}: document ids in order with their ordinals; see {@link IdIndex}.
 *   <li>{@code manifest.json}: digests of the three.
 * </ul>
 */
final class ShardFormat {
  static final String NAME = "tnl/document-shard/1";
  static final String DOCUMENTS = "documents.jsonl.zst";
  static final String FRAMES = "frames.idx";
  static final String IDS = "ids.idx";

  static final int VERSION = 1;
  static final long FRAMES_MAGIC = magic("TNLFRAME");
  static final long IDS_MAGIC = magic("TNLIDIDX");

  private ShardFormat() {}

  /** Eight ASCII characters as they appear in the file when written little-endian. */
  private static long magic(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    long value = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = value << 8 | bytes[i];
    }
    return value;
  }
}
