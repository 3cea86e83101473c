package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.model.tokenizer.Tokenizer;

/** Tokens that something can be learnt of, and enough of them for the longest sequence. */
final class BenchTokens {

  static final String FOLDER = "tokens";

  private static final int VOCABULARY = 300;
  private static final int DOCUMENTS = 1200;
  private static final int LENGTH = 1000;

  private BenchTokens() {}

  /** Each token follows from the one before, but for one in four. */
  static void write(Path folder) throws IOException {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    trainer.add("the captain of the whaling ship never saw the storm that the sea had in store");
    Tokenizer tokenizer = Tokenizer.load(trainer.train(VOCABULARY));
    SplittableRandom random = new SplittableRandom(1);
    Files.createDirectories(folder);
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, tokenizer, "bench", List.of("b".repeat(64)), Long.MAX_VALUE)) {
      for (int d = 0; d < DOCUMENTS; d++) {
        int[] tokens = new int[LENGTH];
        for (int i = 1; i < LENGTH - 1; i++) {
          int draw = random.nextInt(4 * tokenizer.vocabSize());
          tokens[i] =
              draw < tokenizer.vocabSize()
                  ? draw
                  : (tokens[i - 1] * 31 + 7) % tokenizer.vocabSize();
        }
        tokens[LENGTH - 1] = tokenizer.eos();
        DocumentRef document = new DocumentRef("%032x".formatted(d), 0, d);
        writer.add(d == 0 ? Split.HELDOUT : Split.TRAIN, document, tokens, LENGTH);
      }
      writer.finish();
    }
  }
}
