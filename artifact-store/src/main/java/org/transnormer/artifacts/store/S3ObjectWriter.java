package org.transnormer.artifacts.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.failpoints.FailPoints;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** One PUT for a small object, a multipart upload for a larger one. Holds one part in memory. */
final class S3ObjectWriter extends ObjectWriter {
  /** S3 takes parts of at least 5 MiB, and 10,000 of them: with these sizes up to 460 GiB. */
  private static final int FIRST_PART_BYTES = 8 << 20;

  private static final int LATER_PART_BYTES = 48 << 20;
  private static final int SMALL_PARTS = 500;

  /** Metadata of an object that was uploaded in parts: which upload it came from. */
  private static final String UPLOAD = "tnl-upload";

  private final S3Client client;
  private final String bucket;
  private final String key;
  private final String remoteKey;
  private final MessageDigest digest = Digests.newSha256();
  private final String mark = UUID.randomUUID().toString();
  private final List<CompletedPart> parts = new ArrayList<>();
  private byte[] part = new byte[FIRST_PART_BYTES];
  private int filled;
  private long size;
  private @Nullable String uploadId;
  private boolean ended;

  S3ObjectWriter(S3Client client, String bucket, String key, String remoteKey) {
    this.client = client;
    this.bucket = bucket;
    this.key = key;
    this.remoteKey = remoteKey;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    requireOpen();
    digest.update(bytes, offset, length);
    size += length;
    int from = offset;
    int left = length;
    while (left > 0) {
      if (filled == part.length) {
        uploadPart();
      }
      int n = Math.min(left, part.length - filled);
      System.arraycopy(bytes, from, part, filled, n);
      filled += n;
      from += n;
      left -= n;
    }
  }

  @Override
  public StoredObject commit() throws IOException {
    requireOpen();
    FailPoints.hit("store.beforeCommit");
    try {
      if (uploadId == null) {
        client.putObject(request -> request.bucket(bucket).key(remoteKey), body());
      } else {
        uploadPart();
        completeUpload(uploadId);
      }
    } catch (SdkException e) {
      throw S3ObjectStore.failure("write", key, e);
    }
    ended = true;
    FailPoints.hit("store.afterCommit");
    return new StoredObject(key, size, Digests.hex(digest.digest()));
  }

  @Override
  public void close() throws IOException {
    if (ended) {
      return;
    }
    ended = true;
    String upload = uploadId;
    if (upload != null) {
      try {
        client.abortMultipartUpload(
            request -> request.bucket(bucket).key(remoteKey).uploadId(upload));
      } catch (SdkException e) {
        throw S3ObjectStore.failure("discard", key, e);
      }
    }
  }

  private void uploadPart() throws IOException {
    int number = parts.size() + 1;
    try {
      String upload = uploadId == null ? startUpload() : uploadId;
      var response =
          client.uploadPart(
              request -> request.bucket(bucket).key(remoteKey).uploadId(upload).partNumber(number),
              body());
      parts.add(CompletedPart.builder().partNumber(number).eTag(response.eTag()).build());
    } catch (SdkException e) {
      throw S3ObjectStore.failure("write", key, e);
    }
    filled = 0;
    if (parts.size() == SMALL_PARTS) {
      part = new byte[LATER_PART_BYTES];
    }
  }

  private String startUpload() {
    String upload =
        client
            .createMultipartUpload(
                request -> request.bucket(bucket).key(remoteKey).metadata(Map.of(UPLOAD, mark)))
            .uploadId();
    uploadId = upload;
    return upload;
  }

  /**
   * A request that is repeated because its answer was lost finds no upload any more, and each store
   * says that in words of its own: whether it failed is for the object to say.
   */
  private void completeUpload(String upload) {
    try {
      client.completeMultipartUpload(request ->
          request
              .bucket(bucket)
              .key(remoteKey)
              .uploadId(upload)
              .multipartUpload(completed -> completed.parts(parts)));
    } catch (SdkException e) {
      if (!isThere()) {
        throw e;
      }
    }
  }

  private boolean isThere() {
    try {
      return mark.equals(
          client
              .headObject(request -> request.bucket(bucket).key(remoteKey))
              .metadata()
              .get(UPLOAD));
    } catch (SdkException _) {
      return false; // no object, or none that can be seen now
    }
  }

  private RequestBody body() {
    return RequestBody.fromRemainingByteBuffer(ByteBuffer.wrap(part, 0, filled));
  }

  private void requireOpen() throws IOException {
    if (ended) {
      throw new IOException("writer of object " + key + " is closed");
    }
  }
}
