package org.transnormer.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.model.tokenizer.Tokenizer;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;

/** A real checkpoint of a very small model, trained for a moment on two sentences. */
public final class TinyModel {

  public static final String TEXT =
      "the sea was calm and the ship went on. the captain said: the whale is near, the whale is far. ";

  private TinyModel() {}

  /** Writes the checkpoint's files into the folder. */
  public static void write(Path folder, long seed) throws IOException {
    write(folder, seed, words -> TnlConfig.of(words.vocabSize(), 32, 2, 2, 64, words.eos()));
  }

  /** The same of a model for the tokenizer's vocabulary. */
  public static void write(Path folder, long seed, Function<Tokenizer, ModelConfig> model)
      throws IOException {
    Path tokens = Files.createTempDirectory("tiny-tokens");
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    trainer.add(TEXT);
    Tokenizer tokenizer = Tokenizer.load(trainer.train(290));
    try (TokenSetWriter writer =
        new TokenSetWriter(tokens, tokenizer, "snapshot", List.of("a".repeat(64)), 1_000_000)) {
      for (int i = 0; i < 40; i++) {
        int[] ids = tokenizer.encode(TEXT);
        int[] withEnd = java.util.Arrays.copyOf(ids, ids.length + 1);
        withEnd[ids.length] = tokenizer.eos();
        writer.add(
            Split.TRAIN, new DocumentRef("%032x".formatted(i), 0, i), withEnd, TEXT.length());
      }
      writer.finish();
    }
    TrainingSpec spec =
        new TrainingSpec(
            model.apply(tokenizer),
            OptimizerSpec.adamW(1e-2, Schedule.CONSTANT, 2),
            new BatchSpec(4, 32),
            25,
            seed,
            new EvalSpec(0, 0),
            new CheckpointSpec(0, 1));
    try (TokenSet data = TokenSet.open(tokens);
        Backend backend = CpuBackend.open(1, false);
        TrainingSession session = TrainingSession.start(spec, data, backend)) {
      while (!session.finished()) {
        session.step();
      }
      Files.createDirectories(folder);
      session.writeCheckpoint(folder);
    }
    if (!Files.exists(folder.resolve("tokenizer.json"))) {
      Files.write(folder.resolve("tokenizer.json"), tokenizer.json());
    }
  }
}
