package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * A folder that is made beside its place and takes it when it is whole: what has the name can be
 * used, and what an interruption left stands in nobody's way.
 */
record NewFolder(Path place) {

  NewFolder {
    place = place.toAbsolutePath().normalize();
  }

  /** For a place where nothing is lost. */
  static NewFolder at(Path place) throws IOException {
    if (Files.exists(place)) {
      try (Stream<Path> entries = Files.list(place)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalArgumentException(place + " is not empty");
        }
      }
    }
    return new NewFolder(place);
  }

  /** Empty, and where everything is written. */
  Path begin() throws IOException {
    RunFolder.delete(beside());
    return Files.createDirectories(beside());
  }

  /**
   * Moves what was written to its place, instead of what is there.
   *
   * @return the place
   */
  Path complete() throws IOException {
    RunFolder.delete(place);
    return Files.move(beside(), place, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path beside() {
    return place.resolveSibling(place.getFileName() + ".unfinished");
  }
}
