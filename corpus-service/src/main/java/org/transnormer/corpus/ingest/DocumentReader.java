package org.transnormer.corpus.ingest;

import java.io.InputStream;
import org.transnormer.corpus.sources.ReadingRules;

/** Finds the documents of one file. */
public interface DocumentReader {

  /**
   * @param path tells the format where the rules leave it open
   * @param stored the bytes as they lie in the source, compressed or not
   */
  void read(String path, InputStream stored, ReadingRules rules, DocumentSink sink)
      throws RefusedFile;
}
