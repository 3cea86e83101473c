package org.transnormer.standalone.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.transnormer.embedded.FolderLock;

/**
 * The folder of everything that the platform writes. A mark tells it from other folders, so that
 * neither a start nor a reset touches what is not the platform's.
 */
public final class DataFolder {

  private static final String MARK = ".tnl-data";

  private DataFolder() {}

  /**
   * Makes the folder the platform's: an absent or empty one is marked, a marked one is taken as it
   * is.
   *
   * @throws IOException when the folder holds something else
   */
  public static void claim(Path folder) throws IOException {
    requireFolder(folder);
    Files.createDirectories(folder);
    if (isMarked(folder)) {
      return;
    }
    if (!isEmpty(folder)) {
      throw new IOException(
          "%s is not empty and was not made by the platform; give an empty or absent folder as --data"
              .formatted(folder));
    }
    Files.writeString(folder.resolve(MARK), "The TransNormer platform's data.\n");
  }

  /**
   * Deletes everything in the folder; an absent one is as good as an empty one.
   *
   * @throws IOException when the folder is not the platform's, or a live process uses it
   */
  public static void reset(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    requireFolder(folder);
    if (!isMarked(folder)) {
      if (isEmpty(folder)) {
        return;
      }
      throw new IOException(
          "%s was not made by the platform; nothing in it was deleted".formatted(folder));
    }
    try (FolderLock _ = FolderLock.take(folder);
        Stream<Path> paths = Files.walk(folder)) {
      Path mark = folder.resolve(MARK);
      List<Path> deepestFirst =
          paths
              .filter(path -> !path.equals(folder) && !path.equals(mark))
              .sorted(Comparator.reverseOrder())
              .toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static void requireFolder(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException("%s is not a folder; give one as --data".formatted(folder));
    }
  }

  private static boolean isMarked(Path folder) {
    return Files.isRegularFile(folder.resolve(MARK));
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
