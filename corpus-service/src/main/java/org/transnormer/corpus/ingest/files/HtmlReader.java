package org.transnormer.corpus.ingest.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;

/** One page, one document. */
final class HtmlReader implements FormatReader {
  /** Deeper elements become siblings; browsers cut at the same depth. */
  private static final int DEEPEST_ELEMENT = 512;

  private final ReadLimits limits;

  HtmlReader(ReadLimits limits) {
    this.limits = limits;
  }

  static Parser parser() {
    return Parser.htmlParser().setMaxDepth(DEEPEST_ELEMENT);
  }

  @Override
  public void read(InputStream in, ReadingRules rules, DocumentSink sink) throws IOException {
    byte[] bytes = in.readNBytes(limits.markup() + 1);
    if (bytes.length > limits.markup()) {
      sink.refused(Reason.TOO_LARGE, "a page of more than " + limits.markup() + " bytes");
      return;
    }
    Document page = Jsoup.parse(new ByteArrayInputStream(bytes), null, "", parser());
    Charset charset = page.charset();
    if (rules.invalidText() == InvalidText.FAIL && !isText(bytes, charset)) {
      sink.refused(Reason.INVALID_ENCODING, "not " + charset);
      return;
    }
    Map<String, String> metadata = metadata(page);
    sink.document(HtmlText.ofPage(page), metadata);
  }

  private static boolean isText(byte[] bytes, Charset charset) {
    try {
      Texts.decode(bytes, bytes.length, charset, InvalidText.FAIL);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static Map<String, String> metadata(Document page) {
    Map<String, String> found = new LinkedHashMap<>();
    put(found, "title", page.title());
    put(found, "url", page.select("link[rel=canonical]").attr("href"));
    put(found, "language", page.select("html").attr("lang"));
    return found;
  }

  private static void put(Map<String, String> found, String property, String value) {
    if (!value.isBlank()) {
      found.put(property, value.strip());
    }
  }
}
