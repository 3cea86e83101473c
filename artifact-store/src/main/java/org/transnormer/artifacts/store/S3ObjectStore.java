package org.transnormer.artifacts.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Objects in a bucket. An upload that is not completed is never visible, by the protocol itself.
 */
final class S3ObjectStore implements ObjectStore {
  /** How often a listing is asked for at most. */
  private static final int LISTINGS = 4;

  private static final int NOT_FOUND = 404;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final Path cache;
  private final VerifiedFiles verified = new VerifiedFiles();

  private S3ObjectStore(S3Client client, String bucket, String prefix, Path cache) {
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
    this.cache = cache;
  }

  static S3ObjectStore open(StoreConfig config) throws IOException {
    S3Options options =
        config.s3().orElseThrow(() -> new IllegalArgumentException("S3 options are missing"));
    String bucket = config.uri().getHost();
    if (bucket == null || bucket.isEmpty()) {
      throw new IllegalArgumentException("no bucket in " + config.uri());
    }
    String path = config.uri().getPath();
    String prefix = path == null ? "" : ObjectKeys.folder(path.replaceFirst("^/", ""));
    Files.createDirectories(config.cache());
    return new S3ObjectStore(
        S3Clients.client(options), bucket, prefix, config.cache().toRealPath());
  }

  @Override
  public ObjectWriter create(String key) {
    return new S3ObjectWriter(client, bucket, ObjectKeys.requireKey(key), remoteKey(key));
  }

  @Override
  public InputStream open(String key) throws IOException {
    return get(key, 0, Long.MAX_VALUE);
  }

  @Override
  public InputStream open(String key, long offset, long length) throws IOException {
    LocalObjectStore.requireRange(offset, length);
    if (length == 0) {
      return InputStream.nullInputStream();
    }
    return get(key, offset, Math.addExact(offset, length - 1));
  }

  /** The bytes from {@code first} to {@code last}, or to the object's end. */
  private InputStream get(String key, long first, long last) throws IOException {
    ObjectKeys.requireKey(key);
    try {
      return new ResumingInputStream(
          key,
          answer(key, first, last, Optional.empty()),
          (done, etag) -> answer(key, first + done, last, Optional.of(etag)));
    } catch (NoSuchKeyException _) {
      throw new NoSuchObjectException(key);
    } catch (S3Exception e) {
      if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
        return InputStream.nullInputStream();
      }
      throw e.statusCode() == NOT_FOUND ? new NoSuchObjectException(key) : failure("read", key, e);
    } catch (SdkException e) {
      throw failure("read", key, e);
    }
  }

  private ResponseInputStream<GetObjectResponse> answer(
      String key, long first, long last, Optional<String> etag) {
    return client.getObject(request -> {
      request.bucket(bucket).key(remoteKey(key));
      if (first > 0 || last < Long.MAX_VALUE) {
        request.range("bytes=" + first + "-" + (last < Long.MAX_VALUE ? last : ""));
      }
      etag.ifPresent(request::ifMatch);
    });
  }

  @Override
  public Optional<ObjectInfo> stat(String key) throws IOException {
    ObjectKeys.requireKey(key);
    try {
      var head = client.headObject(request -> request.bucket(bucket).key(remoteKey(key)));
      return Optional.of(new ObjectInfo(key, head.contentLength()));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw failure("look up", key, e);
    } catch (SdkException e) {
      throw failure("look up", key, e);
    }
  }

  @Override
  public List<ObjectInfo> list(String folder) throws IOException {
    String below = ObjectKeys.folder(folder);
    String remote = below.isEmpty() ? rootPrefix() : remoteKey(below) + "/";
    for (int attempt = 1; ; attempt++) {
      try {
        return listed(remote);
      } catch (AbortedException e) {
        throw failure("list", folder, e);
      } catch (SdkClientException e) {
        // an answer that breaks off amid its XML, which the client does not ask for again by itself
        if (attempt == LISTINGS) {
          throw failure("list", folder, e);
        }
      } catch (SdkException e) {
        throw failure("list", folder, e);
      }
    }
  }

  private List<ObjectInfo> listed(String remote) {
    List<ObjectInfo> found = new ArrayList<>();
    client
        .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(remote))
        .contents()
        .forEach(each ->
            found.add(new ObjectInfo(each.key().substring(rootPrefix().length()), each.size())));
    found.sort(java.util.Comparator.comparing(ObjectInfo::key));
    return found;
  }

  @Override
  public void delete(String key) throws IOException {
    ObjectKeys.requireKey(key);
    try {
      client.deleteObject(request -> request.bucket(bucket).key(remoteKey(key)));
    } catch (SdkException e) {
      throw failure("delete", key, e);
    }
  }

  /** Cached under its digest: two keys of equal content are downloaded once. */
  @Override
  public Path localCopy(StoredObject object) throws IOException {
    Path folder =
        Files.createDirectories(cache.resolve("objects").resolve(object.sha256().substring(0, 2)));
    Path file = folder.resolve(object.sha256());
    if (!Files.isRegularFile(file)) {
      download(object, file);
    }
    verified.require(file, object);
    return file;
  }

  private void download(StoredObject object, Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".part");
    try (InputStream in = new BoundedInputStream(open(object.key()), object.size() + 1)) {
      Files.copy(in, part);
      new VerifiedFiles().require(part, object);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  @Override
  public URI uri() {
    return URI.create("s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix));
  }

  @Override
  public Optional<Path> cache() {
    return Optional.of(cache);
  }

  @Override
  public void close() {
    client.close();
  }

  private String rootPrefix() {
    return prefix.isEmpty() ? "" : prefix + "/";
  }

  private String remoteKey(String key) {
    return rootPrefix() + key;
  }

  static IOException failure(String verb, String key, SdkException cause) {
    return new IOException(
        "cannot %s object %s: %s".formatted(verb, key, cause.getMessage()), cause);
  }
}
