package org.transnormer.artifacts.documents;

/**
 * When a shard is full and how it is cut.
 *
 * @param shardBytes compressed bytes after which {@link DocumentShardWriter#full()} is true
 * @param frameBytes uncompressed bytes after which a frame is closed
 * @param documentBytes largest document, as a line of JSON in UTF-8
 */
public record ShardLimits(long shardBytes, int frameBytes, int documentBytes) {
  /** What a reader accepts at most as one uncompressed frame. */
  static final int MAX_FRAME_BYTES = 512 << 20;

  /** A shard holds at most so many documents, so that its id index fits one array. */
  static final long MAX_DOCUMENTS = 1 << 24;

  public ShardLimits {
    if (shardBytes < 1 || frameBytes < 1 || documentBytes < 1) {
      throw new IllegalArgumentException("shard limits are positive");
    }
    if ((long) frameBytes + documentBytes > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "a frame and a document together are at most " + MAX_FRAME_BYTES + " bytes");
    }
  }

  /** About 256 MiB a shard, 4 MiB a frame, documents up to 128 MiB. */
  public static ShardLimits standard() {
    return new ShardLimits(256L << 20, 4 << 20, 128 << 20);
  }
}
