package org.transnormer.corpus.corpora.web;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.corpora.Corpora.Tallies;
import org.transnormer.corpus.corpora.Corpora.Tally;
import org.transnormer.corpus.corpora.Corpus;
import org.transnormer.corpus.corpora.CorpusCounts;

/**
 * A corpus as it is answered.
 *
 * @param bySource documents; the three tallies are left out of lists
 */
record CorpusView(
    String id,
    String name,
    @Nullable String description,
    @Nullable List<String> licencePolicy,
    CorpusCounts counts,
    @Nullable List<Tally> bySource,
    @Nullable List<Tally> byLanguage,
    @Nullable List<Tally> byLicence,
    Instant createdAt,
    String createdBy,
    Instant updatedAt) {

  static CorpusView of(Corpus corpus, CorpusCounts counts) {
    return of(corpus, counts, null);
  }

  static CorpusView of(Corpus corpus, CorpusCounts counts, @Nullable Tallies tallies) {
    List<String> licences = corpus.licences();
    return new CorpusView(
        corpus.id(),
        corpus.name(),
        corpus.description().isEmpty() ? null : corpus.description(),
        licences.isEmpty() ? null : licences,
        counts,
        tallies == null ? null : tallies.bySource(),
        tallies == null ? null : tallies.byLanguage(),
        tallies == null ? null : tallies.byLicence(),
        corpus.createdAt(),
        corpus.createdBy(),
        corpus.updatedAt());
  }
}
