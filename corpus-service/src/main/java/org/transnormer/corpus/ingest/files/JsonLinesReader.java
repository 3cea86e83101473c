package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** One record a line; a bad line costs that line only. */
final class JsonLinesReader implements FormatReader {
  private final ReadLimits limits;
  private final JsonFactory json;

  JsonLinesReader(ReadLimits limits) {
    this.limits = limits;
    this.json = JsonRecords.factory(limits);
  }

  @Override
  public void read(InputStream in, ReadingRules rules, DocumentSink sink)
      throws IOException, RefusedFile {
    JsonRecords records = new JsonRecords(new RecordFields(rules.fields()));
    BoundedLines lines = new BoundedLines(in, limits.line());
    boolean first = true;
    while (lines.next()) {
      if (first) {
        refuseWideCharacters(lines);
        first = false;
      }
      if (lines.tooLong()) {
        sink.refused(Reason.LINE_TOO_LONG, "a line of more than " + limits.line() + " bytes");
      } else if (!lines.blank()) {
        readLine(lines, rules, records, sink);
      }
    }
  }

  private static void refuseWideCharacters(BoundedLines lines) throws RefusedFile {
    Charset marked =
        Texts.marked(Arrays.copyOf(lines.bytes(), Math.min(3, lines.length())))
            .orElse(StandardCharsets.UTF_8);
    if (!marked.equals(StandardCharsets.UTF_8)) {
      throw new RefusedFile(Reason.UNSUPPORTED_FORMAT, "JSON lines in " + marked);
    }
  }

  private void readLine(
      BoundedLines lines, ReadingRules rules, JsonRecords records, DocumentSink sink) {
    try {
      String line =
          Texts.decode(lines.bytes(), lines.length(), rules.charset(), rules.invalidText());
      try (JsonParser parser = json.createParser(ObjectReadContext.empty(), line)) {
        OneOutcome outcome = new OneOutcome();
        parser.nextToken();
        records.read(parser, outcome);
        if (parser.nextToken() != null) {
          sink.refused(Reason.INVALID_JSON, "something follows the record on its line");
        } else {
          outcome.passTo(sink);
        }
      }
    } catch (CharacterCodingException e) {
      sink.refused(Reason.INVALID_ENCODING, "not " + rules.charset());
    } catch (JacksonException e) {
      sink.refused(JsonRecords.reason(e), JsonRecords.detail(e));
    }
  }
}
