package org.transnormer.corpus.ingest;

import java.util.Map;

/**
 * Takes what a reader finds in one file, in the file's order. A failure of the sink itself (a full
 * disk) is unchecked and stops the partition: it is not the file's fault.
 */
public interface DocumentSink {
  void document(String text, Map<String, String> metadata);

  void refused(Reason reason, String detail);
}
