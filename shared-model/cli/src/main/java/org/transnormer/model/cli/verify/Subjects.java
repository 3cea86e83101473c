package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.ModelFamilies;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds what can be verified in a folder, told by what files hold rather than by their names. */
final class Subjects {

  static final String GOLDEN = "golden.safetensors";
  static final String CONFIG = "config.json";

  private static final String TENSORS = ".safetensors";
  private static final int DEEPEST = 8;

  private final Path root;
  private final List<Subject> found = new ArrayList<>();

  private Subjects(Path root) {
    this.root = root;
  }

  /** A folder of subjects, a subject's folder, or a subject's file. */
  static List<Subject> below(Path root) throws IOException {
    Subjects subjects = new Subjects(root);
    if (Files.isDirectory(root)) {
      subjects.folder(root, 0);
    } else {
      subjects.file(root.toRealPath());
    }
    return List.copyOf(subjects.found);
  }

  private void folder(Path folder, int depth) throws IOException {
    if (Files.exists(folder.resolve(GOLDEN))) {
      found.add(model(folder));
      return;
    }
    for (Path entry : sorted(folder)) {
      if (Files.isDirectory(entry) && depth < DEEPEST) {
        folder(entry, depth + 1);
      } else if (Files.isRegularFile(entry)) {
        file(entry);
      }
    }
  }

  private void file(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.equals("slopes.json")) {
      found.add(new SlopesSubject(label(file), file));
    } else if (name.endsWith(TokenizerSubject.EXPECTED)) {
      found.add(new TokenizerSubject(label(file), file));
    } else if (name.equals(GOLDEN) && file.getParent() != null) {
      found.add(model(file.getParent()));
    } else if (name.endsWith(TENSORS) && !Files.exists(file.resolveSibling(CONFIG))) {
      found.add(OperatorSubjects.of(label(file), file));
    }
  }

  private Subject model(Path folder) throws IOException {
    String label = label(folder);
    Path configFile = folder.resolve(CONFIG);
    try (GoldenFile golden = GoldenFile.open(folder.resolve(GOLDEN))) {
      if (!Files.exists(configFile)) {
        return golden.names().stream().anyMatch(name -> name.startsWith("weights."))
            ? Bf16Subject.neighbour(folder, golden)
                .<Subject>map(config -> new Bf16Subject(label, folder, config))
                .orElseGet(() -> skipped(label, "no folder beside it has a configuration for it"))
            : skipped(label, "has no " + CONFIG + " that says of what family it is");
      }
      Optional<String> foreign = foreignFamily(configFile);
      if (foreign.isPresent()) {
        return skipped(label, foreign.get() + " is not of a family this build knows");
      }
      ModelConfig config = ModelFamilies.read(configFile);
      if (golden.has("batches")) {
        return new AdamWSubject(label, folder, config);
      }
      return golden.has("logits_bf16")
          ? new Bf16Subject(label, folder, config)
          : new ModelSubject(label, folder, config);
    } catch (IOException | IllegalArgumentException | JacksonException e) {
      return settled(label, new Outcome.Unreadable(String.valueOf(e.getMessage())));
    }
  }

  /** What a configuration calls its family, if that is none of ours. */
  private static Optional<String> foreignFamily(Path configFile) throws IOException {
    JsonNode json = JsonMapper.shared().readTree(Files.readString(configFile));
    try {
      ModelFamilies.parse(json);
      return Optional.empty();
    } catch (InvalidConfigException e) {
      boolean foreign = e.errors().stream().anyMatch(error -> error.field().equals("model_type"));
      String said = json.path("model_type").asString(json.path("architecture").asString("it"));
      return foreign ? Optional.of("'" + said + "'") : Optional.empty();
    }
  }

  /** The configuration of a file, if it is there and of a family that is known. */
  static Optional<ModelConfig> known(Path configFile) throws IOException {
    try {
      return Files.exists(configFile)
          ? Optional.of(ModelFamilies.read(configFile))
          : Optional.empty();
    } catch (InvalidConfigException e) {
      return Optional.empty();
    }
  }

  static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private String label(Path path) {
    Path relative = root.toAbsolutePath().relativize(path.toAbsolutePath());
    Path name = relative.toString().isEmpty() ? path.toAbsolutePath().getFileName() : relative;
    return String.valueOf(path.equals(root) || name == null ? path.getFileName() : name);
  }

  static Subject skipped(String label, String reason) {
    return settled(label, new Outcome.Skipped(reason));
  }

  static Subject settled(String label, Outcome outcome) {
    return new Settled(label, outcome);
  }

  /** A subject whose outcome was plain when it was found. */
  private record Settled(String name, Outcome outcome) implements Subject {
    @Override
    public Outcome verify(Tools tools) {
      return outcome;
    }
  }
}
