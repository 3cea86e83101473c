package org.transnormer.model.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.model.tokenizer.Tokenizer;

/** A token set of a few hundred sentences, every sixth document held out; 300 tokens. */
public final class TinyTokens {

  public static final int VOCABULARY = 300;

  private static final String SENTENCE = "the %s of the %s is a %s that the %s never saw . ";
  private static final String[] WORDS = {"whale", "ship", "sea", "captain", "harpoon", "storm"};

  private TinyTokens() {}

  public static void write(Path folder, int documents) throws IOException {
    write(folder, 0, documents);
  }

  /** The documents [from, to), tokenised by what the first sixty teach. */
  static void write(Path folder, int from, int to) throws IOException {
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    for (int d = 0; d < 60; d++) {
      trainer.add(text(d));
    }
    Tokenizer tokenizer = Tokenizer.load(trainer.train(VOCABULARY));
    List<String> shards = List.of("a".repeat(64));
    Files.createDirectories(folder);
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, tokenizer, "snapshot", shards, Long.MAX_VALUE)) {
      for (int d = from; d < to; d++) {
        DocumentRef document = new DocumentRef("%032x".formatted(d), 0, d);
        int[] tokens = withEos(tokenizer, text(d));
        writer.add(d % 6 == 0 ? Split.HELDOUT : Split.TRAIN, document, tokens, text(d).length());
      }
      writer.finish();
    }
  }

  private static String text(int d) {
    StringBuilder text = new StringBuilder();
    for (int s = 0; s < 12; s++) {
      Object[] words = new Object[4];
      for (int w = 0; w < 4; w++) {
        words[w] = WORDS[(d * 7 + s * 5 + w * (d + 3)) % WORDS.length];
      }
      text.append(SENTENCE.formatted(words));
    }
    return text.toString();
  }

  private static int[] withEos(Tokenizer tokenizer, String text) {
    int[] tokens = tokenizer.encode(text);
    int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
    ended[tokens.length] = tokenizer.eos();
    return ended;
  }
}
