package org.transnormer.model.backend.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the processor can do, by the names of {@code /proc/cpuinfo}; nothing where that is not. */
final class ProcessorFlags {

  private static final Set<String> ALL = read();

  private ProcessorFlags() {}

  static boolean has(String... flags) {
    return ALL.containsAll(Set.of(flags));
  }

  private static Set<String> read() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Set.copyOf(List.of(line.split("\\s+"))))
          .orElse(Set.of());
    } catch (IOException e) {
      return Set.of();
    }
  }
}
