package org.transnormer.corpus.catalogue.web;

import java.util.Map;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.corpus.catalogue.FoundDocument;

/** One document with its text. */
record DocumentView(
    String id,
    String text,
    String source,
    Map<String, String> metadata,
    String corpusId,
    ShardPlace shard,
    long ordinal) {

  /** Where a shard lies in the store. */
  record ShardPlace(String sha256, String prefix) {
    static ShardPlace of(FoundDocument found) {
      return new ShardPlace(found.shard().ref().sha256(), found.shard().ref().prefix());
    }
  }

  static DocumentView of(FoundDocument found) {
    Document document = found.document();
    return new DocumentView(
        document.id(),
        document.text(),
        document.source(),
        document.metadata(),
        found.shard().corpusId(),
        ShardPlace.of(found),
        found.ordinal());
  }
}
