package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.tokenizer.TokenizerJson;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a local run of training leaves: {@code run.json}, {@code tokens} where it tokenised texts
 * itself, and {@code checkpoint-N} folders. A checkpoint is written beside and renamed when it is
 * whole, so one that has its name can be loaded.
 */
record RunFolder(Path path) {

  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-([0-9]{8,18})");

  private static final String RUN = "run.json";

  Path tokens() {
    return path.resolve("tokens");
  }

  /** Records what is run, and on which token sets. */
  void write(TrainingSpec spec, List<Path> tokens) throws IOException {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    tokens.forEach(
        set -> json.withArray("tokens").add(relative(set.toAbsolutePath().normalize()).toString()));
    json.set("spec", spec.toJson());
    Files.writeString(path.resolve(RUN), json.toPrettyString() + "\n");
  }

  TrainingSpec readSpec() throws IOException {
    return TrainingSpec.parse(read().path("spec"));
  }

  /** What lies in this folder is named from here, so that the folder can be moved. */
  private Path relative(Path tokens) {
    Path here = path.toAbsolutePath().normalize();
    return tokens.startsWith(here) ? here.relativize(tokens) : tokens;
  }

  /**
   * The token sets of the run. Runs of before recorded a single one, and their own by the place
   * that it had then.
   */
  List<Path> readTokens() throws IOException {
    JsonNode recorded = read().path("tokens");
    return recorded.isArray()
        ? recorded.valueStream().map(set -> path.resolve(set.asString(""))).toList()
        : List.of(old(path.resolve(recorded.asString(""))));
  }

  private Path old(Path tokens) {
    return Files.isDirectory(tokens) ? tokens : tokens();
  }

  private JsonNode read() throws IOException {
    try {
      return JsonMapper.shared().readTree(Files.readString(path.resolve(RUN)));
    } catch (JacksonException e) {
      throw new IOException(path.resolve(RUN) + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Writes a checkpoint with its manifest.
   *
   * @return the new checkpoint
   */
  Path commit(TrainingSession session) throws IOException {
    NewFolder folder =
        NewFolder.insteadOf(path.resolve("checkpoint-%08d".formatted(session.stepsDone())));
    Path beside = folder.begin();
    session.writeCheckpoint(beside);
    ObjectNode attributes = JsonMapper.shared().createObjectNode();
    attributes.put("step", session.stepsDone());
    attributes.putObject("dataCursor").put("globalSample", session.cursor().globalSample());
    Manifest.of(beside, CheckpointFolder.FORMAT, attributes).write(beside);
    return folder.complete();
  }

  /** Removes all but the newest; 0 keeps all. */
  void prune(int keep) throws IOException {
    List<Path> all = checkpoints();
    for (Path old : keep == 0 ? List.<Path>of() : all.subList(0, Math.max(0, all.size() - keep))) {
      delete(old);
    }
  }

  /** The oldest first. */
  List<Path> checkpoints() throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(entry -> step(entry) >= 0 && Files.isDirectory(entry))
          .sorted(Comparator.comparingLong(RunFolder::step))
          .toList();
    }
  }

  Optional<Path> newest() throws IOException {
    return checkpoints().stream().reduce((_, last) -> last);
  }

  private static long step(Path entry) {
    Matcher matcher = CHECKPOINT.matcher(entry.getFileName().toString());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /** A model folder as it is; for a run's folder its newest checkpoint. */
  static Path model(Path given) throws IOException {
    return Files.exists(given.resolve("config.json"))
        ? given
        : new RunFolder(given).newest().orElse(given);
  }

  /** The tokenizer of a model folder, in whichever form it comes. */
  static Path tokenizer(Path model) throws IOException {
    return TokenizerJson.in(model)
        .orElseThrow(() -> new NoSuchFileException(model.resolve("tokenizer.json").toString()));
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
