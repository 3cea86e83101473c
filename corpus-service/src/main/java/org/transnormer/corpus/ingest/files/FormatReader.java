package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;

/** Reads the documents of one file, already decompressed, in the file's order. */
interface FormatReader {
  void read(InputStream in, ReadingRules rules, DocumentSink sink) throws IOException, RefusedFile;
}
