package org.transnormer.corpus.ingest.files;

import java.util.Map;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Tagging;

/** What holds for every document, whatever format it came in. */
final class CheckedSink implements DocumentSink {
  private final DocumentSink sink;
  private final ReadingRules rules;
  private final ReadLimits limits;

  CheckedSink(DocumentSink sink, ReadingRules rules, ReadLimits limits) {
    this.sink = sink;
    this.rules = rules;
    this.limits = limits;
  }

  @Override
  public void document(String read, Map<String, String> metadata) {
    if (read.isBlank()) {
      sink.refused(Reason.EMPTY, "holds nothing but white space");
      return;
    }
    if (rules.tagged() == Tagging.WORD_TAG && !WordTags.present(read)) {
      sink.refused(Reason.NOT_TAGGED, "no word carries a tag");
      return;
    }
    accept(rules.tagged() == Tagging.WORD_TAG ? WordTags.strip(read) : read, metadata);
  }

  private void accept(String text, Map<String, String> metadata) {
    long bytes = Texts.utf8Length(text);
    if (bytes < 0 && rules.invalidText() == InvalidText.FAIL) {
      sink.refused(Reason.INVALID_ENCODING, "holds half a surrogate pair");
    } else if (bytes > limits.document() || text.length() > limits.document()) {
      sink.refused(Reason.TOO_LARGE, "more than " + limits.document() + " bytes of text");
    } else if (size(metadata) > limits.metadata()) {
      sink.refused(
          Reason.METADATA_TOO_LARGE, "more than " + limits.metadata() + " characters of metadata");
    } else {
      sink.document(bytes < 0 ? Texts.wellFormed(text) : text, metadata);
    }
  }

  private static long size(Map<String, String> metadata) {
    long size = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      size += entry.getKey().length() + entry.getValue().length();
    }
    return size;
  }

  @Override
  public void refused(Reason reason, String detail) {
    sink.refused(reason, detail);
  }
}
