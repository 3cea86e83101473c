package org.transnormer.corpus.sources.web;

import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceCounts;
import org.transnormer.corpus.sources.SourceFormat;
import org.transnormer.corpus.sources.Split;
import org.transnormer.corpus.sources.Tagging;

/** A source as it is answered: the request with its defaults filled in. */
record SourceView(
    String id,
    String corpusId,
    String name,
    URI uri,
    SourceFormat format,
    String include,
    @Nullable String exclude,
    Map<String, String> fields,
    String licence,
    @Nullable String provenance,
    Map<String, String> metadata,
    Split split,
    int splitBytes,
    Tagging tagged,
    InvalidText invalidText,
    String charset,
    SourceCounts counts,
    Instant createdAt,
    String createdBy) {

  static SourceView of(Source source, SourceCounts counts) {
    ReadingRules rules = source.rules();
    return new SourceView(
        source.id(),
        source.corpusId(),
        source.name(),
        source.uri(),
        rules.format(),
        source.include(),
        source.exclude(),
        rules.fields(),
        source.licence(),
        source.provenance(),
        source.metadata(),
        rules.split(),
        rules.splitBytes(),
        rules.tagged(),
        rules.invalidText(),
        rules.charset().name().toLowerCase(Locale.ROOT),
        counts,
        source.createdAt(),
        source.createdBy());
  }
}
