package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * A folder that is made beside its place and takes it when it is whole: what has the name can be
 * used, and what an interruption left stands in nobody's way.
 */
record NewFolder(Path place, boolean replaces) {

  NewFolder {
    place = place.toAbsolutePath().normalize();
  }

  /** For a place where nothing is lost: nothing is there, or an empty folder. */
  static NewFolder at(Path place) throws IOException {
    if (Files.exists(place)) {
      try (Stream<Path> entries = Files.list(place)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalArgumentException(place + " is not empty");
        }
      }
    }
    return new NewFolder(place, false);
  }

  /** For a place whose contents, if any, are given up. */
  static NewFolder insteadOf(Path place) {
    return new NewFolder(place, true);
  }

  /** Empty, and where everything is written. */
  Path begin() throws IOException {
    RunFolder.delete(beside());
    Path begun = Files.createDirectories(beside());
    if (Files.exists(place) && !Files.getFileStore(place).equals(Files.getFileStore(begun))) {
      throw new IllegalArgumentException(
          place + " is a file system of its own: name a folder inside it");
    }
    return begun;
  }

  /**
   * Moves what was written to its place.
   *
   * @return the place
   * @throws IllegalArgumentException if somebody else wrote there meanwhile
   */
  Path complete() throws IOException {
    if (replaces) {
      RunFolder.delete(place);
    } else {
      try {
        Files.deleteIfExists(place);
      } catch (DirectoryNotEmptyException e) {
        throw new IllegalArgumentException(
            "%s is not empty any more; what was made is in %s".formatted(place, beside()), e);
      }
    }
    return Files.move(beside(), place, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path beside() {
    return place.resolveSibling(place.getFileName() + ".unfinished");
  }
}
