package org.transnormer.model.backend.cuda;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * NVIDIA's libraries, wherever they lie: folders in {@value #FOLDERS} (separated as in a PATH), the
 * loader's own path, {@code /usr/local/cuda*}. Folders of stubs, which can be linked with but do
 * nothing, are never looked into.
 */
final class SharedLibraries {

  static final String FOLDERS = "CUDA_LIB_DIRS";

  private static final Path LOCAL = Path.of("/usr/local");

  private SharedLibraries() {}

  /**
   * The first of the names that is found, under any of its folders, loaded for good.
   *
   * @param companions of each name, a file that lies beside it and is loaded first, if there; none
   *     where nothing needs one
   * @param setting where to look first; null for what the environment says
   */
  static Optional<SymbolLookup> find(
      List<String> names, List<String> companions, @Nullable String setting) {
    List<Path> folders = folders(setting);
    for (int i = 0; i < names.size(); i++) {
      for (Path folder : folders) {
        Path file = folder.resolve(names.get(i));
        if (Files.exists(file)) {
          Path companion = companions.isEmpty() ? file : folder.resolve(companions.get(i));
          if (Files.exists(companion)) {
            SymbolLookup.libraryLookup(companion, Arena.global());
          }
          return Optional.of(SymbolLookup.libraryLookup(file, Arena.global()));
        }
      }
      Optional<SymbolLookup> byLoader = load(names.get(i));
      if (byLoader.isPresent()) {
        return byLoader;
      }
    }
    return Optional.empty();
  }

  /** A library that the system's loader knows, or a file. */
  static Optional<SymbolLookup> load(String name) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<Path> folders(@Nullable String setting) {
    List<Path> folders = new ArrayList<>();
    String configured = setting != null ? setting : System.getenv(FOLDERS);
    if (configured != null) {
      Arrays.stream(configured.split(File.pathSeparator))
          .filter(folder -> !folder.isBlank())
          .map(Path::of)
          .forEach(folders::add);
    }
    if (Files.isDirectory(LOCAL)) {
      try (DirectoryStream<Path> installed = Files.newDirectoryStream(LOCAL, "cuda*")) {
        installed.forEach(cuda -> folders.add(cuda.resolve("lib64")));
      } catch (IOException e) {
        // Unreadable folders hold nothing for us; the loader's path is still to come.
        return folders;
      }
    }
    folders.removeIf(folder -> folder.endsWith("stubs"));
    return folders;
  }
}
