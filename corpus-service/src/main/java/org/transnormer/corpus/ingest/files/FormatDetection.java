package org.transnormer.corpus.ingest.files;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.transnormer.corpus.sources.SourceFormat;

/** What a file holds: its extension decides; where that says nothing, its first bytes do. */
final class FormatDetection {
  /** What is read here. A JSON file is not JSON lines: its records need not end with their line. */
  enum Kind {
    JSON_LINES,
    JSON,
    TEXT,
    HTML,
    MAIL
  }

  private static final List<String> PACKED = List.of(".gz", ".zst", ".zstd", ".gzip");
  private static final Pattern HEADER_LINE =
      Pattern.compile("(?m)^([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]");
  private static final List<String> MAIL_FIELDS =
      List.of(
          "received",
          "return-path",
          "from",
          "to",
          "subject",
          "date",
          "message-id",
          "delivered-to",
          "mime-version",
          "reply-to",
          "sender");
  private static final int FIELDS_OF_A_MAIL = 3;

  private FormatDetection() {}

  static Optional<Kind> detect(String path, byte[] head, SourceFormat declared) {
    return switch (declared) {
      case JSONL -> Optional.of(jsonKind(path, head));
      case TEXT -> isBinary(head) ? Optional.empty() : Optional.of(Kind.TEXT);
      case HTML -> isBinary(head) ? Optional.empty() : Optional.of(Kind.HTML);
      case MAIL -> Optional.of(Kind.MAIL);
      case AUTO -> isBinary(head) ? Optional.empty() : guess(path, head);
    };
  }

  private static Kind jsonKind(String path, byte[] head) {
    boolean document =
        plainName(path).endsWith(".json") || ascii(head).stripLeading().startsWith("[");
    return document ? Kind.JSON : Kind.JSON_LINES;
  }

  private static Optional<Kind> guess(String path, byte[] head) {
    String name = plainName(path);
    int dot = name.lastIndexOf('.');
    return switch (dot < 0 ? "" : name.substring(dot + 1)) {
      case "jsonl", "ndjson", "jsonlines" -> Optional.of(Kind.JSON_LINES);
      case "json" -> Optional.of(Kind.JSON);
      case "txt", "text", "md" -> Optional.of(Kind.TEXT);
      case "html", "htm", "xhtml" -> Optional.of(Kind.HTML);
      case "eml", "mail", "rfc822" -> Optional.of(Kind.MAIL);
      case "csv", "tsv", "xml", "js", "css", "py", "java", "parquet", "yaml", "yml" ->
          Optional.empty();
      default -> Optional.of(byContent(head));
    };
  }

  private static String plainName(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    for (String suffix : PACKED) {
      if (name.endsWith(suffix)) {
        return name.substring(0, name.length() - suffix.length());
      }
    }
    return name;
  }

  private static Kind byContent(byte[] head) {
    String start = ascii(head).stripLeading();
    String lower = start.substring(0, Math.min(200, start.length())).toLowerCase(Locale.ROOT);
    if (lower.startsWith("[{") || lower.startsWith("[\n")) {
      return Kind.JSON;
    }
    if (lower.startsWith("{\"")) {
      return Kind.JSON_LINES;
    }
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return Kind.HTML;
    }
    return isMail(start) ? Kind.MAIL : Kind.TEXT;
  }

  private static boolean isMail(String start) {
    String header = start.split("\r?\n\r?\n", 2)[0];
    Matcher lines = HEADER_LINE.matcher(header);
    int known = 0;
    while (lines.find()) {
      known += MAIL_FIELDS.contains(lines.group(1).toLowerCase(Locale.ROOT)) ? 1 : 0;
    }
    return known >= FIELDS_OF_A_MAIL;
  }

  /**
   * A zero byte occurs in no text, except in the wide encodings that a byte order mark announces.
   */
  private static boolean isBinary(byte[] head) {
    if (Texts.marked(head).isPresent()) {
      return false;
    }
    for (byte b : head) {
      if (b == 0) {
        return true;
      }
    }
    return ascii(head).startsWith("%PDF-");
  }

  private static String ascii(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    return text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
  }
}
