package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Files of one operator's inputs, outputs and gradients. */
final class OperatorSubjects {

  private OperatorSubjects() {}

  static Subject of(String label, Path file) {
    try (GoldenFile golden = GoldenFile.open(file)) {
      if (golden.names().containsAll(List.of("q", "k", "v", "rate"))) {
        return new AttentionSubject(label, file);
      }
      if (golden.names().containsAll(List.of("x", "theta", "p0"))) {
        return new PositionsSubject(label, file);
      }
      if (golden.names().stream().anyMatch(name -> name.startsWith("weight."))) {
        return foreign(label);
      }
      if (golden.names().containsAll(List.of("x", "y"))) {
        // The two norms differ by where eps stands, which only the name says.
        String name = file.getFileName().toString();
        return name.contains("transnormer") ? foreign(label) : new NormSubject(label, file);
      }
      return Subjects.skipped(label, "holds no operator that is known here: " + golden.names());
    } catch (IOException e) {
      return Subjects.settled(label, new Outcome.Unreadable(String.valueOf(e.getMessage())));
    }
  }

  private static Subject foreign(String label) {
    return Subjects.skipped(label, "TransNormer T1/T2: not of a family this build knows");
  }
}
