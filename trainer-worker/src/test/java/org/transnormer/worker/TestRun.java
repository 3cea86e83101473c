package org.transnormer.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.Assignment.Rendezvous;
import org.transnormer.worker.protocol.Assignment.ResumePoint;
import org.transnormer.worker.protocol.WorkerEnvironment;
import tools.jackson.databind.JsonNode;

/** A small run: what a trainer and a launcher would set up. */
final class TestRun implements AutoCloseable {

  static final String TOKENS = "token-sets/words";
  static final String RUN = "run-1";

  private static final String[] WORDS = {
    "whale ", "ship ", "the ", "sea ", "captain ", "of ", "a ", "storm ", ". ", "and "
  };

  final FakeTrainer trainer = new FakeTrainer();
  final ObjectStore store;
  private final Path folder;
  private int attempt;

  TestRun(Path folder) throws IOException {
    this(folder, StoreConfig.local(folder.resolve("store")));
  }

  TestRun(Path folder, StoreConfig config) throws IOException {
    this.folder = folder;
    this.store = ObjectStore.open(config);
    if (store.stat(TOKENS + "/" + Manifest.NAME).isEmpty()) {
      commitTokens(TOKENS, 1);
    }
  }

  void commitTokens(String prefix, int seed) throws IOException {
    Path tokens = Files.createDirectories(folder.resolve("tokens-" + seed));
    List<String> texts = new ArrayList<>();
    Random random = new Random(seed);
    for (int d = 0; d < 80; d++) {
      StringBuilder text = new StringBuilder();
      for (int w = 0; w < 60; w++) {
        text.append(WORDS[random.nextInt(WORDS.length)]);
      }
      texts.add(text.toString());
    }
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    texts.forEach(trainer::add);
    Tokenizer tokenizer = Tokenizer.load(trainer.train(280));
    TokenSetHeader header;
    try (TokenSetWriter writer =
        new TokenSetWriter(tokens, tokenizer, "s".repeat(8), List.of("a".repeat(64)), 1000)) {
      for (int d = 0; d < texts.size(); d++) {
        writer.add(
            d % 8 == 0 ? Split.HELDOUT : Split.TRAIN,
            new DocumentRef("%032x".formatted(d), 0, d),
            tokenizer.encode(texts.get(d)),
            texts.get(d).length());
      }
      header = writer.finish();
    }
    List<Manifest.Entry> entries = new ArrayList<>();
    for (String file : header.files()) {
      try (ObjectWriter out = store.create(prefix + "/" + file)) {
        Files.copy(tokens.resolve(file), out);
        entries.add(Manifest.Entry.of(prefix, out.commit()));
      }
    }
    new Manifest(TokenSetHeader.FORMAT, entries, header.toJson()).commit(store, prefix);
  }

  static TrainingSpec spec(long steps, long checkpointEvery) {
    return spec(steps, checkpointEvery, 3e-3);
  }

  static TrainingSpec spec(long steps, long checkpointEvery, double learningRate) {
    return spec(TnlConfig.of(280, 32, 2, 2, 64, 0), steps, checkpointEvery, learningRate);
  }

  static TrainingSpec spec(
      ModelConfig model, long steps, long checkpointEvery, double learningRate) {
    return new TrainingSpec(
        model,
        OptimizerSpec.adamW(learningRate, Schedule.COSINE, 3),
        new BatchSpec(4, 32),
        steps,
        42,
        new EvalSpec(10, 500),
        new CheckpointSpec(checkpointEvery, 0));
  }

  Assignment assign(TrainingSpec spec) {
    return assign(spec.toJson(), null, 60);
  }

  /** The next attempt, in an epoch of its own. */
  Assignment assign(JsonNode spec, @Nullable ResumePoint from, int leaseSeconds) {
    return assign(spec, TOKENS, from, leaseSeconds);
  }

  Assignment assign(
      JsonNode spec, String tokenSetPrefix, @Nullable ResumePoint from, int leaseSeconds) {
    attempt++;
    Assignment assignment =
        new Assignment(
            RUN,
            attempt,
            100 + attempt,
            spec,
            tokenSetPrefix,
            Assignment.checkpointRoot(RUN, attempt),
            from,
            leaseSeconds,
            1,
            new Rendezvous(1, null));
    trainer.assign(assignment);
    return assignment;
  }

  Path scratch() {
    return folder.resolve("scratch-" + attempt);
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put(WorkerEnvironment.RUN_ID, RUN);
    environment.put(WorkerEnvironment.ATTEMPT, Integer.toString(attempt));
    environment.put(WorkerEnvironment.RUN_TOKEN, FakeTrainer.TOKEN);
    environment.put(WorkerEnvironment.TRAINER_URL, trainer.uri().toString());
    environment.put(WorkerEnvironment.STORE_URI, store.uri().toString());
    environment.put(WorkerEnvironment.SCRATCH, scratch().toString());
    environment.put(WorkerEnvironment.PATIENCE_SECONDS, "20");
    return environment;
  }

  /** SHA-256 of every file of a checkpoint that is about the run and not about the attempt. */
  Map<String, String> digests(@Nullable String committed) throws IOException {
    String prefix = Objects.requireNonNull(committed, "no checkpoint was committed");
    Map<String, String> digests = new HashMap<>();
    Manifest manifest = Manifest.read(store, prefix);
    manifest.verify(store, prefix);
    manifest.objects().forEach(entry -> digests.put(entry.name(), entry.sha256()));
    return digests;
  }

  @Override
  public void close() {
    trainer.close();
    store.close();
  }
}
