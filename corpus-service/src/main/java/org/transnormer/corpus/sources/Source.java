package org.transnormer.corpus.sources;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where texts lie and how they are read.
 *
 * @param name unique in its corpus; part of the id of every document
 * @param include glob of relative paths; without a slash it is about file names
 * @param exclude the same, for what is left out
 * @param licence of every document, unless the format's own fields say otherwise
 * @param metadata put on every document that does not say otherwise itself
 */
public record Source(
    String id,
    String corpusId,
    String name,
    URI uri,
    String include,
    @Nullable String exclude,
    ReadingRules rules,
    String licence,
    @Nullable String provenance,
    Map<String, String> metadata,
    Instant createdAt,
    String createdBy) {

  public static final String EVERYTHING = "**";
}
