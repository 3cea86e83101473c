package org.transnormer.corpus.ingest.files;

import java.io.BufferedInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * An array of records, one record over many lines, or several one after another. Damage ends the
 * file: unlike with JSON lines, nothing says where the next record begins.
 */
final class JsonDocumentReader implements FormatReader {
  private final ReadLimits limits;
  private final JsonFactory json;

  JsonDocumentReader(ReadLimits limits) {
    this.limits = limits;
    this.json = JsonRecords.factory(limits);
  }

  @Override
  public void read(InputStream in, ReadingRules rules, DocumentSink sink)
      throws IOException, RefusedFile {
    Budget budget = new Budget(characters(in, rules), limits.line());
    JsonRecords records = new JsonRecords(new RecordFields(rules.fields()));
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), budget)) {
      for (JsonToken t = parser.nextToken(); t != null; t = parser.nextToken()) {
        if (t == JsonToken.START_ARRAY) {
          readElements(parser, records, budget, sink);
        } else {
          readOne(parser, records, budget, sink);
        }
      }
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      throw new RefusedFile(JsonRecords.reason(e), JsonRecords.detail(e) + at(e));
    }
  }

  private static void readElements(
      JsonParser parser, JsonRecords records, Budget budget, DocumentSink sink) {
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      readOne(parser, records, budget, sink);
    }
  }

  private static void readOne(
      JsonParser parser, JsonRecords records, Budget budget, DocumentSink sink) {
    budget.renew();
    OneOutcome outcome = new OneOutcome();
    records.read(parser, outcome);
    outcome.passTo(sink);
  }

  private static String at(JacksonException e) {
    var location = e.getLocation();
    return location == null
        ? ""
        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static Reader characters(InputStream in, ReadingRules rules) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(3);
    Charset charset = Texts.charset(buffered.readNBytes(3), rules);
    buffered.reset();
    Reader reader = new InputStreamReader(buffered, Texts.decoder(charset, rules.invalidText()));
    return new WithoutMark(reader);
  }

  /** Drops a byte order mark at the beginning. */
  private static final class WithoutMark extends FilterReader {
    private boolean begun;

    WithoutMark(Reader in) {
      super(in);
    }

    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
      int n = super.read(chars, offset, length);
      if (!begun && n > 0) {
        begun = true;
        if (chars[offset] == '\uFEFF') {
          System.arraycopy(chars, offset + 1, chars, offset, n - 1);
          return n > 1 ? n - 1 : super.read(chars, offset, length);
        }
      }
      return n;
    }
  }

  /** Ends a record that does not end. */
  private static final class Budget extends FilterReader {
    private final long limit;
    private long left;

    Budget(Reader in, long limit) {
      super(in);
      this.limit = limit;
      this.left = limit;
    }

    void renew() {
      left = limit;
    }

    @Override
    public int read(char @Nullable [] chars, int offset, int length) throws IOException {
      if (left <= 0) {
        throw new RecordTooLong("a record of more than " + limit + " characters");
      }
      int n = super.read(chars, offset, length);
      left -= Math.max(n, 0);
      return n;
    }
  }

  /** A record beyond the limit. */
  static final class RecordTooLong extends IOException {
    private static final long serialVersionUID = 1L;

    RecordTooLong(String detail) {
      super(detail);
    }
  }
}
