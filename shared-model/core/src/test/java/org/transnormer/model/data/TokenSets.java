package org.transnormer.model.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Token sets for tests. */
final class TokenSets {

  private TokenSets() {}

  static DocumentRef document(int number) {
    return new DocumentRef("%032x".formatted(number), number % 3, number);
  }

  static List<String> shards() {
    return List.of("a".repeat(64), "b".repeat(64), "c".repeat(64));
  }

  /** One document per array, alternately long parts of each split as the caller says. */
  static TokenSet write(
      Path folder, int vocabSize, long tokensPerPart, int[][] train, int[][] heldout)
      throws IOException {
    FakeTokenizer tokenizer = new FakeTokenizer(vocabSize, 0);
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, tokenizer, "snapshot", shards(), tokensPerPart)) {
      for (int d = 0; d < train.length; d++) {
        writer.add(Split.TRAIN, document(d), train[d], train[d].length);
      }
      for (int d = 0; d < heldout.length; d++) {
        writer.add(Split.HELDOUT, document(1000 + d), heldout[d], heldout[d].length);
      }
      writer.finish();
    }
    return TokenSet.open(folder);
  }

  /** A set whose training tokens are 1, 2, 3, ... in documents of a given length. */
  static TokenSet counting(Path folder, int tokens, int perDocument) throws IOException {
    int[][] train = new int[Math.ceilDiv(tokens, perDocument)][];
    int next = 1;
    for (int d = 0; d < train.length; d++) {
      train[d] = new int[perDocument];
      for (int i = 0; i < perDocument - 1; i++) {
        train[d][i] = next++;
      }
      next++;
    }
    return write(folder, 1 << 20, Long.MAX_VALUE, train, new int[][] {{1, 2, 3}});
  }
}
