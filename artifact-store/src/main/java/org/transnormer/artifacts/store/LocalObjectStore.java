package org.transnormer.artifacts.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Objects as files below one folder. An object is written to a hidden folder of the same file
 * system, synced, and moved over; a reader therefore sees a whole object or none. Symbolic links
 * below the root are never followed.
 */
final class LocalObjectStore implements ObjectStore {
  /** No key can name it: a segment never starts with a dot. */
  static final String UNCOMMITTED = ".uncommitted";

  private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

  private final Path root;
  private final VerifiedFiles verified = new VerifiedFiles();

  private LocalObjectStore(Path root) {
    this.root = root;
  }

  static LocalObjectStore open(Path folder) throws IOException {
    Files.createDirectories(folder);
    LocalObjectStore store = new LocalObjectStore(folder.toRealPath());
    Files.createDirectories(store.uncommitted());
    store.sweepAbandoned(Instant.now().minus(ABANDONED_AFTER));
    return store;
  }

  @Override
  public ObjectWriter create(String key) throws IOException {
    ObjectKeys.requireKey(key);
    return new LocalObjectWriter(this, key);
  }

  @Override
  public InputStream open(String key) throws IOException {
    return Channels.newInputStream(openChannel(key));
  }

  @Override
  public InputStream open(String key, long offset, long length) throws IOException {
    requireRange(offset, length);
    SeekableByteChannel channel = openChannel(key);
    channel.position(offset);
    return new BoundedInputStream(Channels.newInputStream(channel), length);
  }

  static void requireRange(long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("illegal range: " + offset + " + " + length);
    }
  }

  @Override
  public Optional<ObjectInfo> stat(String key) throws IOException {
    Path file = existing(key);
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          ? Optional.of(new ObjectInfo(key, attributes.size()))
          : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  @Override
  public List<ObjectInfo> list(String prefix) throws IOException {
    String folder = ObjectKeys.folder(prefix);
    Path start = folder.isEmpty() ? root : existing(folder);
    List<ObjectInfo> found = new ArrayList<>();
    if (Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(start, new Listing(found));
    }
    found.sort(Comparator.comparing(ObjectInfo::key));
    return found;
  }

  @Override
  public void delete(String key) throws IOException {
    Path file = existing(key);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.deleteIfExists(file);
    deleteEmptyFolders(parent(file));
  }

  @Override
  public Path localCopy(StoredObject object) throws IOException {
    Path file = existing(object.key());
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchObjectException(object.key());
    }
    verified.require(file, object);
    return file;
  }

  @Override
  public URI uri() {
    return root.toUri();
  }

  @Override
  public Optional<Path> cache() {
    return Optional.empty();
  }

  @Override
  public void close() {
    // Holds no resources.
  }

  Path uncommitted() {
    return root.resolve(UNCOMMITTED);
  }

  /** Path of an object that is about to be written; makes its folder. */
  Path target(String key) throws IOException {
    Path file = path(key);
    Path folder = parent(file);
    List<Path> made = missingFolders(folder);
    Files.createDirectories(folder);
    requireInside(folder, key);
    for (Path each : made) {
      syncFolder(parent(each));
    }
    return file;
  }

  /** Only the platform's own file system is known to open a folder like a file. */
  static void syncFolder(Path folder) throws IOException {
    if (folder.getFileSystem() != FileSystems.getDefault()) {
      return;
    }
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("no parent folder: " + path);
    }
    return parent;
  }

  private static List<Path> missingFolders(Path folder) {
    List<Path> missing = new ArrayList<>();
    for (Path each = folder; each != null && !Files.exists(each); each = each.getParent()) {
      missing.add(each);
    }
    return missing.reversed();
  }

  private Path path(String key) {
    return root.resolve(ObjectKeys.requireKey(key));
  }

  private Path existing(String key) throws IOException {
    Path file = path(key);
    Path folder = parent(file);
    if (Files.exists(folder)) {
      requireInside(folder, key);
    }
    return file;
  }

  private void requireInside(Path folder, String key) throws IOException {
    if (!folder.toRealPath().equals(folder)) {
      throw new IOException("object " + key + " lies behind a symbolic link");
    }
  }

  private SeekableByteChannel openChannel(String key) throws IOException {
    Path file = existing(key);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchObjectException(key);
    }
    try {
      return Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException _) {
      throw new NoSuchObjectException(key);
    }
  }

  private void deleteEmptyFolders(Path from) throws IOException {
    for (Path folder = from; !folder.equals(root); folder = parent(folder)) {
      try {
        Files.delete(folder);
      } catch (DirectoryNotEmptyException | NoSuchFileException _) {
        return;
      }
    }
  }

  private void sweepAbandoned(Instant before) throws IOException {
    try (var files = Files.newDirectoryStream(uncommitted())) {
      for (Path file : files) {
        FileTime modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
        if (modified.toInstant().isBefore(before)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NotDirectoryException e) {
      throw new IOException(uncommitted() + " is not a folder", e);
    }
  }

  private final class Listing extends SimpleFileVisitor<Path> {
    private final List<ObjectInfo> found;

    Listing(List<ObjectInfo> found) {
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.endsWith(UNCOMMITTED) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        found.add(new ObjectInfo(root.relativize(file).toString(), attributes.size()));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE; // deleted while we were walking
      }
      throw failure;
    }
  }
}
