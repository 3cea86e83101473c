package org.transnormer.trainer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.model.data.DocumentRef;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.data.TokenSetWriter;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.model.tokenizer.Tokenizer;

/** A token set of made-up sentences, large enough to learn something from within seconds. */
final class TinyTokenSet {

  static final String ID = "tiny";
  static final String PREFIX = "token-sets/" + ID;
  static final int VOCABULARY = 300;

  private static final String[] WORDS =
      "the a whale sea ship captain sails hunts sees white old great storm calm night day"
          .split(" ");

  private TinyTokenSet() {}

  static void write(ObjectStore store, Path scratch) throws IOException {
    Random random = new Random(1);
    List<String> texts = new ArrayList<>();
    ByteLevelBpeTrainer trainer = new ByteLevelBpeTrainer();
    for (int i = 0; i < 120; i++) {
      texts.add(text(random));
      trainer.add(texts.getLast());
    }
    Path folder = Files.createTempDirectory(scratch, "token-set-");
    Path tokenizerFile = scratch.resolve("tokenizer.json");
    trainer.train(VOCABULARY).write(tokenizerFile);
    Tokenizer tokenizer = Tokenizer.load(tokenizerFile);
    TokenSetHeader header;
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, tokenizer, "snapshot-1", List.of("5".repeat(64)), 1 << 20)) {
      for (int i = 0; i < texts.size(); i++) {
        byte[] id = new byte[16];
        random.nextBytes(id);
        String text = texts.get(i);
        writer.add(
            i % 10 == 0 ? Split.HELDOUT : Split.TRAIN,
            new DocumentRef(HexFormat.of().formatHex(id), 0, i),
            tokenizer.encode(text),
            text.getBytes(StandardCharsets.UTF_8).length);
      }
      header = writer.finish();
    }
    List<Manifest.Entry> entries = new ArrayList<>();
    for (String name : header.files()) {
      try (ObjectWriter out = store.create(PREFIX + "/" + name)) {
        Files.copy(folder.resolve(name), out);
        entries.add(Manifest.Entry.of(PREFIX, out.commit()));
      }
    }
    new Manifest(TokenSetHeader.FORMAT, entries, CanonicalJson.object()).commit(store, PREFIX);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int words = 60 + random.nextInt(60);
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.append('.').toString();
  }
}
