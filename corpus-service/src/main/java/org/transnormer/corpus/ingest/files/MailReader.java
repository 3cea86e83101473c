package org.transnormer.corpus.ingest.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;

/**
 * One mail (RFC 5322 with MIME) is one document: the text a person would read. Of alternatives the
 * plain one is taken, else the HTML one; attachments are left out. The header gives title, date and
 * language, decoded by RFC 2047. An mbox separator in front is passed over.
 */
final class MailReader implements FormatReader {
  private static final MimeConfig CONFIG =
      MimeConfig.custom()
          .setMaxLineLen(-1)
          .setMaxHeaderLen(100_000)
          .setMaxHeaderCount(2_000)
          .setMaxContentLen(-1)
          .build();

  private final ReadLimits limits;

  MailReader(ReadLimits limits) {
    this.limits = limits;
  }

  @Override
  public void read(InputStream in, ReadingRules rules, DocumentSink sink)
      throws IOException, RefusedFile {
    byte[] bytes = in.readNBytes(limits.mail() + 1);
    if (bytes.length > limits.mail()) {
      sink.refused(Reason.TOO_LARGE, "a mail of more than " + limits.mail() + " bytes");
      return;
    }
    MailText text = new MailText(limits, rules);
    Map<String, String> metadata = new LinkedHashMap<>();
    try {
      walk(afterSeparator(bytes), text, metadata);
      sink.document(text.text(), metadata);
    } catch (MailText.RefusedMail e) {
      sink.refused(e.reason(), String.valueOf(e.getMessage()));
    } catch (MimeException e) {
      throw new RefusedFile(Reason.CORRUPT, "not a mail: " + e.getMessage());
    }
  }

  private static InputStream afterSeparator(byte[] bytes) {
    int from = 0;
    byte[] separator = "From ".getBytes(StandardCharsets.US_ASCII);
    if (bytes.length > separator.length
        && java.util.Arrays.equals(bytes, 0, separator.length, separator, 0, separator.length)) {
      while (from < bytes.length && bytes[from] != '\n') {
        from++;
      }
      from = Math.min(bytes.length, from + 1);
    }
    return new ByteArrayInputStream(bytes, from, bytes.length - from);
  }

  private void walk(InputStream mail, MailText text, Map<String, String> metadata)
      throws IOException, MimeException, MailText.RefusedMail {
    MimeTokenStream tokens = new MimeTokenStream(CONFIG);
    tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
    tokens.parse(mail);
    for (EntityState state = tokens.getState();
        state != EntityState.T_END_OF_STREAM;
        state = tokens.next()) {
      switch (state) {
        case T_FIELD -> text.field(tokens.getField(), metadata);
        case T_START_MULTIPART -> text.openMultipart(tokens.getBodyDescriptor());
        case T_END_MULTIPART -> text.closeMultipart();
        case T_START_BODYPART -> text.openPart();
        case T_BODY -> text.body(tokens.getBodyDescriptor(), tokens.getDecodedInputStream());
        default -> {}
      }
    }
  }

  static String decoded(Field field) {
    String body = field.getBody() == null ? "" : field.getBody();
    try {
      return DecoderUtil.decodeEncodedWords(body, DecodeMonitor.SILENT).strip();
    } catch (IllegalArgumentException e) {
      return body.strip();
    }
  }
}
