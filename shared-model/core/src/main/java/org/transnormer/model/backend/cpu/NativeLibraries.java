package org.transnormer.model.backend.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * Shared libraries that travel inside a jar, laid out as files that the system's loader can open.
 * They lie in a folder of the user's own, so that nobody else can put another library in their
 * place, and survive the process, so that only the first start unpacks them.
 */
final class NativeLibraries {

  /** Names the folder; the default is {@code transnormer/native} in the user's cache folder. */
  static final String FOLDER_PROPERTY = "tnl.native.cache";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private NativeLibraries() {}

  /**
   * Unpacks what is not there yet.
   *
   * @param resourceFolder on the class path, with a slash at its end
   * @return the folder that holds all of {@code names}
   * @throws IOException when a resource is missing or the folder cannot be written
   */
  static Path unpack(String resourceFolder, List<String> names) throws IOException {
    Path folder = privateFolder(cacheRoot());
    for (String name : names) {
      unpack(resource(resourceFolder + name), folder.resolve(name));
    }
    return folder;
  }

  private static URL resource(String path) throws IOException {
    URL url = NativeLibraries.class.getClassLoader().getResource(path);
    if (url == null) {
      throw new IOException("not on the class path: " + path);
    }
    return url;
  }

  private static Path cacheRoot() {
    String configured = System.getProperty(FOLDER_PROPERTY);
    if (configured != null) {
      return Path.of(configured);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path home =
        cache != null && !cache.isBlank()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return home.resolve("transnormer").resolve("native");
  }

  /** The folder if it can be made the user's own, otherwise a fresh temporary one. */
  private static Path privateFolder(Path root) throws IOException {
    try {
      Files.createDirectories(root);
      Files.setPosixFilePermissions(root, OWNER_ONLY);
      return root;
    } catch (IOException | UnsupportedOperationException e) {
      return Files.createTempDirectory("tnl-native");
    }
  }

  private static void unpack(URL resource, Path target) throws IOException {
    URLConnection connection = resource.openConnection();
    long size = connection.getContentLengthLong();
    if (Files.isRegularFile(target) && Files.size(target) == size) {
      return;
    }
    Path fresh = Files.createTempFile(target.getParent(), "unpacking", ".tmp");
    try {
      try (InputStream in = connection.getInputStream()) {
        Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
