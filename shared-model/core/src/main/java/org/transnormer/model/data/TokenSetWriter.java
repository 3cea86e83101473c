package org.transnormer.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.transnormer.model.tokenizer.Tokenizer;

/** Writes a whole token set into a folder, opening a new part whenever one is full. */
public final class TokenSetWriter implements AutoCloseable {

  private final Path folder;
  private final Tokenizer tokenizer;
  private final String snapshotId;
  private final List<String> shards;
  private final long tokensPerPart;
  private final Map<Split, TokenPartWriter> open = new EnumMap<>(Split.class);
  private final Map<Split, Integer> next = new EnumMap<>(Split.class);
  private final List<TokenPart> done = new ArrayList<>();

  /**
   * @param shards SHA-256 of the document shards that {@link DocumentRef#shard} counts
   * @param tokensPerPart a document is never cut, so that a part may be longer by one document
   */
  public TokenSetWriter(
      Path folder,
      Tokenizer tokenizer,
      String snapshotId,
      List<String> shards,
      long tokensPerPart) {
    if (tokensPerPart < 1) {
      throw new IllegalArgumentException("tokens per part: " + tokensPerPart);
    }
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.snapshotId = snapshotId;
    this.shards = List.copyOf(shards);
    this.tokensPerPart = tokensPerPart;
  }

  /**
   * Appends a document; see {@link TokenPartWriter#add}.
   *
   * @param textBytes UTF-8 length of its text
   */
  public void add(Split split, DocumentRef document, int[] tokens, long textBytes)
      throws IOException {
    if (document.shard() >= shards.size()) {
      throw new IllegalArgumentException(
          "document %s names shard %d of %d"
              .formatted(document.id(), document.shard(), shards.size()));
    }
    TokenPartWriter part = open.get(split);
    if (part == null) {
      int number = next.merge(split, 1, Integer::sum) - 1;
      part = TokenPartWriter.create(folder, split, number, tokenizer.vocabSize(), tokenizer.eos());
      open.put(split, part);
    }
    part.add(document, tokens, textBytes);
    if (part.tokens() >= tokensPerPart) {
      finish(split);
    }
  }

  private void finish(Split split) throws IOException {
    try (TokenPartWriter part = open.remove(split)) {
      if (part != null) {
        done.add(part.finish());
      }
    }
  }

  /** Writes what describes the parts; the folder is a token set after that. */
  public TokenSetHeader finish() throws IOException {
    for (Split split : Split.values()) {
      finish(split);
    }
    Files.write(folder.resolve(TokenSetHeader.TOKENIZER_FILE), tokenizer.json());
    TokenSetHeader header =
        new TokenSetHeader(
            tokenizer.vocabSize(), tokenizer.eos(), tokenizer.sha256(), snapshotId, shards, done);
    header.write(folder);
    return header;
  }

  @Override
  public void close() throws IOException {
    for (TokenPartWriter part : open.values()) {
      part.close();
    }
    open.clear();
  }
}
