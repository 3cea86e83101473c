package org.transnormer.corpus.ingest.files;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.Reason;

/** Holds back what was read of a record until the record is known to be whole. */
final class OneOutcome implements DocumentSink {
  private @Nullable String text;
  private Map<String, String> metadata = Map.of();
  private Reason reason = Reason.MISSING_TEXT;
  private String detail = "";

  @Override
  public void document(String found, Map<String, String> its) {
    text = found;
    metadata = its;
  }

  @Override
  public void refused(Reason why, String what) {
    reason = why;
    detail = what;
  }

  void passTo(DocumentSink sink) {
    if (text != null) {
      sink.document(text, metadata);
    } else {
      sink.refused(reason, detail);
    }
  }
}
