package org.transnormer.trainer.launch.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * Which process worked in a folder, so that a launcher that was killed and started again finds the
 * workers of its former life. The start time tells a process from a later one with the same id.
 */
record ProcessMark(long pid, Instant startedAt) {

  private static final String FILE = "process";

  static ProcessMark of(ProcessHandle process) {
    return new ProcessMark(process.pid(), process.info().startInstant().orElse(Instant.EPOCH));
  }

  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE), pid + "\n" + startedAt + "\n");
  }

  static Optional<ProcessMark> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    try {
      return lines.size() < 2
          ? Optional.empty()
          : Optional.of(new ProcessMark(Long.parseLong(lines.get(0)), Instant.parse(lines.get(1))));
    } catch (NumberFormatException | DateTimeParseException _) {
      return Optional.empty(); // the launcher died while it wrote this
    }
  }

  /** The process, if it still runs. */
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> of(process).equals(this));
  }
}
