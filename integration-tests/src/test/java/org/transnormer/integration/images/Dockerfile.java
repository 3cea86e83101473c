package org.transnormer.integration.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Dockerfile as a list of instructions, continued lines joined, comments left out.
 *
 * @param ignore the patterns of its own {@code .dockerignore}
 */
record Dockerfile(Path file, List<Instruction> instructions, List<String> ignore) {

  record Instruction(String name, String arguments) {}

  static Dockerfile read(Path file) throws IOException {
    List<Instruction> instructions = new ArrayList<>();
    StringBuilder whole = new StringBuilder();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      whole.append(line.replaceFirst("\\\\$", " "));
      if (!line.endsWith("\\")) {
        String[] parts = whole.toString().strip().split("\\s+", 2);
        instructions.add(new Instruction(parts[0], parts[1].replaceAll("\\s+", " ")));
        whole.setLength(0);
      }
    }
    List<String> ignore =
        Files.readAllLines(file.resolveSibling(file.getFileName() + ".dockerignore")).stream()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .toList();
    return new Dockerfile(file, instructions, ignore);
  }

  Stream<String> all(String name) {
    return instructions.stream()
        .filter(each -> each.name().equals(name))
        .map(Instruction::arguments);
  }

  String only(String name) {
    List<String> found = all(name).toList();
    if (found.size() != 1) {
      throw new AssertionError("%s has %s %d times".formatted(file, name, found.size()));
    }
    return found.getFirst();
  }

  /** What comes from the project's folder. */
  List<String> sources() {
    return all("COPY")
        .filter(arguments -> !arguments.startsWith("--from="))
        .map(arguments -> arguments.split(" ")[0])
        .toList();
  }

  /** Instructions from the runtime on: what the images have in common. */
  List<String> upperLayers() {
    return instructions.stream()
        .dropWhile(each -> !each.arguments().startsWith("--from="))
        .filter(each -> List.of("COPY", "USER", "WORKDIR", "ENTRYPOINT").contains(each.name()))
        .map(each -> each.name() + " " + each.arguments())
        .toList();
  }

  @Override
  public String toString() {
    return file.getFileName().toString();
  }
}
