package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.Field;
import org.jsoup.Jsoup;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.sources.ReadingRules;

/** Puts the text of one mail together while its parts come by. */
final class MailText {
  /** A part, or what became of a multipart. */
  private record Part(boolean html, String text) {}

  private record Multipart(String subtype, List<Part> parts) {}

  /** The mail as a whole is refused. */
  static final class RefusedMail extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    RefusedMail(Reason reason, String detail) {
      super(detail);
      this.reason = reason;
    }

    Reason reason() {
      return reason;
    }
  }

  private final ReadLimits limits;
  private final ReadingRules rules;
  private final Deque<Multipart> open = new ArrayDeque<>();
  private boolean attachment;
  private int fields;
  private int parts;

  MailText(ReadLimits limits, ReadingRules rules) {
    this.limits = limits;
    this.rules = rules;
    open.push(new Multipart("mixed", new ArrayList<>()));
  }

  private boolean atTop() {
    return open.size() == 1;
  }

  void field(Field field, Map<String, String> metadata) {
    fields++;
    String name = field.getName().toLowerCase(Locale.ROOT);
    if (name.equals("content-disposition")) {
      attachment = MailReader.decoded(field).toLowerCase(Locale.ROOT).startsWith("attachment");
    } else if (atTop()) {
      describe(name, MailReader.decoded(field), metadata);
    }
  }

  private static void describe(String name, String value, Map<String, String> metadata) {
    if (value.isEmpty()) {
      return;
    }
    switch (name) {
      case "subject" -> metadata.putIfAbsent("title", value.replaceAll("\\s+", " "));
      case "content-language" -> metadata.putIfAbsent("language", value.split("[,;\\s]")[0]);
      case "date" -> putDate(value, metadata);
      default -> {}
    }
  }

  /** When the mail was sent, if it says so in the prescribed form. */
  private static void putDate(String value, Map<String, String> metadata) {
    String plain = value.replaceAll("\\s*\\([^()]{0,60}\\)", "").strip();
    try {
      Instant sent = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(plain));
      metadata.putIfAbsent("date", sent.toString());
    } catch (DateTimeException e) {
      // a date that nobody can read says nothing
    }
  }

  void openMultipart(BodyDescriptor body) throws RefusedMail {
    if (open.size() > limits.mimeDepth()) {
      throw new RefusedMail(Reason.TOO_DEEP, "multiparts nested deeper than " + limits.mimeDepth());
    }
    open.push(new Multipart(body.getSubType().toLowerCase(Locale.ROOT), new ArrayList<>()));
  }

  void closeMultipart() {
    Multipart closed = open.pop();
    Part result =
        closed.subtype().equals("alternative") ? best(closed.parts()) : all(closed.parts());
    last().add(result);
  }

  void openPart() throws RefusedMail {
    attachment = false;
    if (++parts > limits.mimeParts()) {
      throw new RefusedMail(Reason.TOO_LARGE, "more than " + limits.mimeParts() + " parts");
    }
  }

  void body(BodyDescriptor body, InputStream content) throws IOException, RefusedMail {
    if (attachment) {
      return;
    }
    String type = body.getMimeType().toLowerCase(Locale.ROOT);
    boolean html = type.equals("text/html");
    if (!html && !type.equals("text/plain") && !type.equals("text/enriched")) {
      return;
    }
    String text =
        MailCharsets.decode(content.readAllBytes(), body.getCharset(), rules.invalidText());
    if (html) {
      text = HtmlText.ofMail(Jsoup.parse(text, "", HtmlReader.parser()));
    }
    last().add(new Part(html, text.replace("\r\n", "\n").strip()));
  }

  private List<Part> last() {
    return Objects.requireNonNull(open.peek()).parts();
  }

  private static Part best(List<Part> alternatives) {
    return alternatives.stream()
        .filter(part -> !part.html() && !part.text().isEmpty())
        .findFirst()
        .or(() -> alternatives.stream().filter(part -> !part.text().isEmpty()).findFirst())
        .orElse(new Part(false, ""));
  }

  private static Part all(List<Part> parts) {
    List<String> texts = parts.stream().map(Part::text).filter(text -> !text.isEmpty()).toList();
    return new Part(parts.stream().anyMatch(Part::html), String.join("\n\n", texts));
  }

  /** A multipart that was not closed before the end of the file counts as closed there. */
  String text() throws RefusedMail {
    if (fields == 0) {
      throw new RefusedMail(Reason.CORRUPT, "not a mail: it has no header");
    }
    while (!atTop()) {
      closeMultipart();
    }
    return all(last()).text();
  }
}
