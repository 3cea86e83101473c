package org.transnormer.corpus.corpora.web;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.corpora.Corpus;

/** A corpus as it is answered. */
record CorpusView(
    String id,
    String name,
    @Nullable String description,
    @Nullable LicencePolicy licencePolicy,
    Corpus.Counts counts,
    Instant createdAt,
    String createdBy,
    Instant updatedAt) {

  static CorpusView of(Corpus corpus, Corpus.Counts counts) {
    List<String> licences = corpus.licences();
    return new CorpusView(
        corpus.id(),
        corpus.name(),
        corpus.description().isEmpty() ? null : corpus.description(),
        licences.isEmpty() ? null : new LicencePolicy(licences),
        counts,
        corpus.createdAt(),
        corpus.createdBy(),
        corpus.updatedAt());
  }
}
