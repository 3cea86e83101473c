package org.transnormer.corpus.ingest;

import java.io.IOException;
import java.io.InputStream;
import org.transnormer.corpus.sources.RefusedSource;
import org.transnormer.corpus.sources.Source;

/** The files of a source, wherever they lie. */
public interface SourceFiles {

  /** Everything that include and exclude leave, in no particular order. */
  void list(Source source, Listing listing) throws IOException, RefusedSource;

  /** Opens what was planned, or says that it is not there any more as planned. */
  InputStream open(Source source, PlannedFile file) throws RefusedFile, RefusedSource;

  /** Takes what is found. */
  interface Listing {
    void file(PlannedFile file);

    void refused(String path, Reason reason, String detail);
  }
}
