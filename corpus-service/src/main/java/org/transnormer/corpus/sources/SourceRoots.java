package org.transnormer.corpus.sources;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The places that an administrator allows to read from. A source lies inside one of them after
 * every link is followed and every {@code ..} is resolved; the answer is the same whether something
 * outside exists or not.
 */
public final class SourceRoots {
  private final List<URI> roots;

  public SourceRoots(List<URI> roots) {
    this.roots = List.copyOf(roots);
  }

  public Location resolve(URI uri) throws RefusedSource {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "file" -> local(uri);
      case "s3" -> bucket(uri);
      default -> throw new RefusedSource("a source is file:///folder or s3://bucket/prefix");
    };
  }

  private Location.Local local(URI uri) throws RefusedSource {
    Path asked = path(uri);
    Path found = real(asked);
    for (URI each : roots) {
      if ("file".equals(each.getScheme())) {
        Path root = real(Path.of(each));
        if (found.startsWith(root) && !found.equals(root.getRoot())) {
          requireThere(found);
          return new Location.Local(root, found);
        }
      }
    }
    throw new RefusedSource("does not lie inside a root that this platform may read");
  }

  private static Path path(URI uri) throws RefusedSource {
    if (uri.getAuthority() != null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new RefusedSource("a local source is file:///folder, without host or query");
    }
    try {
      Path path = Path.of(uri);
      if (path.toString().indexOf('\0') >= 0) {
        throw new RefusedSource("not a path");
      }
      return path;
    } catch (IllegalArgumentException e) {
      throw new RefusedSource("not a path");
    }
  }

  /** Follows links as far as the path exists; the rest is taken as it stands. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return path.toRealPath();
    } catch (IOException | InvalidPathException e) {
      Path parent = absolute.getParent();
      return parent == null
          ? absolute
          : real(parent).resolve(Objects.requireNonNull(absolute.getFileName()));
    }
  }

  private static void requireThere(Path path) throws RefusedSource {
    if (!Files.isDirectory(path) && !Files.isRegularFile(path)) {
      throw new RefusedSource("there is no such folder or file");
    }
    if (!Files.isReadable(path)) {
      throw new RefusedSource("the folder or file may not be read by this process");
    }
  }

  private Location.Bucket bucket(URI uri) throws RefusedSource {
    String bucket = uri.getHost();
    if (bucket == null
        || uri.getPort() != -1
        || uri.getUserInfo() != null
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      throw new RefusedSource("an object source is s3://bucket/prefix");
    }
    String prefix = folder(uri);
    for (URI root : roots) {
      if ("s3".equals(root.getScheme())
          && bucket.equals(root.getHost())
          && prefix.startsWith(folder(root))) {
        return new Location.Bucket(bucket, prefix);
      }
    }
    throw new RefusedSource("does not lie inside a root that this platform may read");
  }

  /** The key of a folder ends with a slash, so that data does not mean database as well. */
  private static String folder(URI uri) {
    String path = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
    return path.isEmpty() || path.endsWith("/") ? path : path + "/";
  }
}
