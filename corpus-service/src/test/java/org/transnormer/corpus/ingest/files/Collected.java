package org.transnormer.corpus.ingest.files;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;

/** A sink that remembers. */
final class Collected implements DocumentSink {
  static final ReadLimits SMALL =
      new ReadLimits(1L << 30, 8 << 20, 50, 4096, 4096, 1 << 20, 1 << 20, 16, 5, 50, 512);

  final List<String> texts = new ArrayList<>();
  final List<Map<String, String>> metadata = new ArrayList<>();
  final List<Reason> refusals = new ArrayList<>();
  final List<String> details = new ArrayList<>();

  static Collected read(String path, byte[] bytes, ReadingRules rules) throws RefusedFile {
    return read(path, new ByteArrayInputStream(bytes), rules, SMALL);
  }

  static Collected read(String path, String content, ReadingRules rules) throws RefusedFile {
    return read(path, content.getBytes(StandardCharsets.UTF_8), rules);
  }

  static Collected read(String path, InputStream in, ReadingRules rules, ReadLimits limits)
      throws RefusedFile {
    Collected collected = new Collected();
    new FileReading(limits).read(path, in, rules, collected);
    return collected;
  }

  @Override
  public void document(String text, Map<String, String> its) {
    texts.add(text);
    metadata.add(its);
  }

  @Override
  public void refused(Reason reason, String detail) {
    refusals.add(reason);
    details.add(detail);
  }
}
