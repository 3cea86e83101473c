package org.transnormer.corpus.ingest.files;

import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.sources.PathGlob;
import org.transnormer.corpus.sources.Source;

/** Which paths of a source are read. */
final class Selection {
  private final PathGlob include;
  private final @Nullable PathGlob exclude;

  private Selection(PathGlob include, @Nullable PathGlob exclude) {
    this.include = include;
    this.exclude = exclude;
  }

  static Selection of(Source source) {
    String exclude = source.exclude();
    return new Selection(
        PathGlob.of(source.include()), exclude == null ? null : PathGlob.of(exclude));
  }

  boolean takes(String path) {
    return include.matches(path) && (exclude == null || !exclude.matches(path));
  }
}
