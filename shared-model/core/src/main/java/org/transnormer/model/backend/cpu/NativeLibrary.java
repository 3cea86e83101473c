package org.transnormer.model.backend.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
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
 * A shared library that travels inside a jar with what it needs, laid out as files that the
 * system's loader can open. They lie in a folder of the user's own, so that nobody else can put
 * another library in their place, and survive the process, so that only the first start unpacks
 * them.
 */
final class NativeLibrary {

  /** Names the folder; the default is {@code transnormer/native} in the user's cache folder. */
  static final String FOLDER_PROPERTY = "tnl.native.cache";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final SymbolLookup symbols;

  private NativeLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /**
   * Unpacks what is not there yet, and loads it for good.
   *
   * @param resourceFolder on the class path, with a slash at its end
   * @param names in the order in which they need each other; found by name once loaded, and the
   *     last is the library itself
   * @throws IOException when a resource is missing or the folder cannot be written
   */
  static NativeLibrary open(String resourceFolder, List<String> names) throws IOException {
    Path folder = privateFolder(cacheRoot());
    SymbolLookup last = SymbolLookup.loaderLookup();
    for (String name : names) {
      unpack(resource(resourceFolder + name), folder.resolve(name));
      last = SymbolLookup.libraryLookup(folder.resolve(name), Arena.global());
    }
    return new NativeLibrary(last);
  }

  /**
   * @throws LinkageError if the library has no such function
   */
  MethodHandle function(String name, FunctionDescriptor descriptor) {
    MemorySegment symbol = symbols.find(name).orElseThrow(() -> new UnsatisfiedLinkError(name));
    return Linker.nativeLinker().downcallHandle(symbol, descriptor);
  }

  /** Sets a variable that a library looks at when it is loaded. */
  static void setEnvironment(String name, String value) {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle setenv =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("setenv"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
      int rc = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
      if (rc != 0) {
        throw new LinkageError("setenv " + name);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("setenv", e);
    }
  }

  private static URL resource(String path) throws IOException {
    URL url = NativeLibrary.class.getClassLoader().getResource(path);
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
