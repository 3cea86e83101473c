package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.TokenSetHeader;

/** The token sets that a run is trained on, in their order; closed together. */
record TokenSets(List<TokenSet> all) implements AutoCloseable {

  static TokenSets open(List<Path> folders) throws IOException {
    List<TokenSet> opened = new ArrayList<>();
    try {
      for (Path folder : folders) {
        opened.add(TokenSet.open(folder));
      }
      return new TokenSets(List.copyOf(opened));
    } catch (IOException | RuntimeException e) {
      opened.forEach(TokenSet::close);
      throw e;
    }
  }

  static boolean isOne(Path data) {
    return Files.exists(data.resolve(TokenSetHeader.FILE));
  }

  List<Path> folders() {
    return all.stream().map(TokenSet::folder).toList();
  }

  TokenSetHeader first() {
    return all.getFirst().header();
  }

  /** Weights by which every token is as likely as any other; none for a single set. */
  List<Double> bySize() {
    return all.size() == 1
        ? List.of()
        : all.stream().map(set -> (double) set.train().size()).toList();
  }

  @Override
  public void close() {
    all.forEach(TokenSet::close);
  }
}
