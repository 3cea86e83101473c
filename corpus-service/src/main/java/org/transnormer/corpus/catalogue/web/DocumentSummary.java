package org.transnormer.corpus.catalogue.web;

import java.util.Map;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.corpus.catalogue.FoundDocument;

/**
 * A document in a list.
 *
 * @param excerpt how it begins
 * @param characters length of the text in Unicode characters
 */
record DocumentSummary(
    String id,
    String excerpt,
    int characters,
    String source,
    Map<String, String> metadata,
    String corpusId,
    DocumentView.ShardPlace shard,
    long ordinal) {
  private static final int EXCERPT = 300;

  static DocumentSummary of(FoundDocument found) {
    Document document = found.document();
    String text = document.text();
    int characters = text.codePointCount(0, text.length());
    return new DocumentSummary(
        document.id(),
        text.substring(0, text.offsetByCodePoints(0, Math.min(EXCERPT, characters))),
        characters,
        document.source(),
        document.metadata(),
        found.shard().corpusId(),
        DocumentView.ShardPlace.of(found),
        found.ordinal());
  }
}
