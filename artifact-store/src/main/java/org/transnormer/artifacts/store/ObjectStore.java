package org.transnormer.artifacts.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All artefacts of the platform lie behind this port. Keys are described at {@link ObjectKeys}; an
 * illegal key is an {@link IllegalArgumentException}. Thread-safe.
 *
 * <p>An artefact of several objects is committed by writing its {@code manifest.json} last (see
 * {@link org.transnormer.artifacts.manifest.Manifest}); nothing relies on renaming.
 */
public interface ObjectStore extends AutoCloseable {

  /** Starts an object. An older object under the key is replaced when the new one is committed. */
  ObjectWriter create(String key) throws IOException;

  /**
   * @throws NoSuchObjectException when there is none
   */
  InputStream open(String key) throws IOException;

  /**
   * Opens a part of an object. The stream ends early if the object does.
   *
   * @throws NoSuchObjectException when there is none
   */
  InputStream open(String key, long offset, long length) throws IOException;

  Optional<ObjectInfo> stat(String key) throws IOException;

  /** Every object below the folder {@code prefix} (all when empty), ordered by key. */
  List<ObjectInfo> list(String prefix) throws IOException;

  /** Deletes the object; nothing happens if there is none. */
  void delete(String key) throws IOException;

  /**
   * A local file with the object's content. Size and digest are checked when this instance first
   * hands the file out.
   *
   * @throws CorruptArtifactException when they differ
   */
  Path localCopy(StoredObject object) throws IOException;

  /** {@code file:///folder} or {@code s3://bucket/prefix}. */
  URI uri();

  /** Folder for downloads; a local store needs none and has none. */
  Optional<Path> cache();

  @Override
  void close();

  static ObjectStore open(StoreConfig config) throws IOException {
    String scheme = config.uri().getScheme();
    return switch (scheme == null ? "" : scheme) {
      case "file" -> LocalObjectStore.open(Path.of(config.uri()));
      case "s3" -> S3ObjectStore.open(config);
      default ->
          throw new IllegalArgumentException(
              "a store is file:///folder or s3://bucket/prefix, not " + config.uri());
    };
  }

  /** The bytes of a small object. Refuses one that is larger than {@code limit}. */
  default byte[] readAll(String key, int limit) throws IOException {
    try (InputStream in = open(key)) {
      byte[] bytes = in.readNBytes(limit);
      if (bytes.length == limit && in.read() >= 0) {
        throw new CorruptArtifactException(key, "larger than the " + limit + " bytes expected");
      }
      return bytes;
    }
  }

  /** Writes and commits a small object. */
  default StoredObject put(String key, byte[] content) throws IOException {
    try (ObjectWriter out = create(key)) {
      out.write(content);
      return out.commit();
    }
  }
}
