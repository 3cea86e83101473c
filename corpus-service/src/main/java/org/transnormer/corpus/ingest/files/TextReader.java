package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Map;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Split;

/** Plain text: the file is one document, or is cut into several. */
final class TextReader implements FormatReader {
  private final ReadLimits limits;

  TextReader(ReadLimits limits) {
    this.limits = limits;
  }

  @Override
  public void read(InputStream in, ReadingRules rules, DocumentSink sink)
      throws IOException, RefusedFile {
    if (rules.split() == Split.FILE) {
      readWhole(in, rules, sink);
    } else {
      new TextSplitter(rules, limits, sink).read(in);
    }
  }

  private void readWhole(InputStream in, ReadingRules rules, DocumentSink sink) throws IOException {
    byte[] bytes = in.readNBytes(limits.document() + 1);
    if (bytes.length > limits.document()) {
      sink.refused(
          Reason.TOO_LARGE,
          "more than " + limits.document() + " bytes; the source can split files");
      return;
    }
    Charset charset = Texts.charset(bytes, rules);
    try {
      sink.document(Texts.decode(bytes, bytes.length, charset, rules.invalidText()), Map.of());
    } catch (CharacterCodingException e) {
      sink.refused(Reason.INVALID_ENCODING, "not " + charset);
    }
  }
}
