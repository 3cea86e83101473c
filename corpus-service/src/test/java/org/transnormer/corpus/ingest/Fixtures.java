package org.transnormer.corpus.ingest;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.transnormer.corpus.ingest.files.FilesInRoots;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceRoots;

final class Fixtures {
  private Fixtures() {}

  static Source source(String name, URI uri, String include, ReadingRules rules) {
    return new Source(
        "source-" + name,
        "corpus",
        name,
        uri,
        include,
        null,
        rules,
        "CC0-1.0",
        "https://example.org/" + name,
        Map.of("language", "en"),
        Instant.EPOCH,
        "tester");
  }

  static FilesInRoots files(Path root) {
    return new FilesInRoots(
        new SourceRoots(List.of(root.toUri())),
        () -> {
          throw new IllegalStateException("no bucket here");
        });
  }
}
