package org.transnormer.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the disk of a folder still takes. */
final class FreeSpace {
  private static final long MEGABYTE = 1_000_000;

  private FreeSpace() {}

  /**
   * @param folder exists
   * @param needed bytes
   * @throws IOException when less is free; says how much is and how much should be
   */
  static void require(Path folder, long needed) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < needed) {
      throw new IOException(
          "the disk of %s is too full: %,d MB are free, %,d MB are needed for PostgreSQL and Kafka to start"
              .formatted(folder, free / MEGABYTE, needed / MEGABYTE));
    }
  }

  /** For a message: {@code "12 MB are free on the disk of /data"}. */
  static String describe(Path folder) {
    try {
      return "%,d MB are free on the disk of %s"
          .formatted(Files.getFileStore(folder).getUsableSpace() / MEGABYTE, folder);
    } catch (IOException e) {
      return "the disk of %s cannot be asked: %s".formatted(folder, e.getMessage());
    }
  }
}
