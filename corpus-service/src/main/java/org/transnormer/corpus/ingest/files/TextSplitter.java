package org.transnormer.corpus.ingest.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.transnormer.corpus.ingest.DocumentSink;
import org.transnormer.corpus.ingest.ReadLimits;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Split;

/** Cuts a text file into documents while reading it, so that the file may be of any size. */
final class TextSplitter {
  private static final Pattern HEADING =
      Pattern.compile(
          "\\s{0,40}(?:CHAPTER|Chapter|BOOK|Book|PART|Part|CANTO|Canto|ACT|Act|LETTER|Letter)"
              + " +(?:[0-9]{1,4}|[IVXLCDM]{1,8})\\b.{0,200}"
              + "|\\s{0,40}(?:PROLOGUE|Prologue|EPILOGUE|Epilogue|PREFACE|Preface)\\b.{0,80}");

  /** A heading has few bytes; longer lines are not decoded to look. */
  private static final int LONGEST_HEADING = 256;

  private final ReadingRules rules;
  private final ReadLimits limits;
  private final DocumentSink sink;
  private final ByteArrayOutputStream chunk = new ByteArrayOutputStream();
  private boolean overflowed;
  private boolean afterBlank = true;

  TextSplitter(ReadingRules rules, ReadLimits limits, DocumentSink sink) {
    this.rules = rules;
    this.limits = limits;
    this.sink = sink;
  }

  void read(InputStream in) throws IOException, RefusedFile {
    BoundedLines lines = new BoundedLines(in, limits.line());
    boolean first = true;
    while (lines.next()) {
      if (first) {
        refuseWideCharacters(lines);
        first = false;
      }
      take(lines);
    }
    flush();
  }

  private static void refuseWideCharacters(BoundedLines lines) throws RefusedFile {
    Charset marked =
        Texts.marked(Arrays.copyOf(lines.bytes(), Math.min(3, lines.length())))
            .orElse(StandardCharsets.UTF_8);
    if (!marked.equals(StandardCharsets.UTF_8)) {
      throw new RefusedFile(Reason.UNSUPPORTED_FORMAT, marked + " is only read as whole files");
    }
  }

  private void take(BoundedLines lines) {
    boolean blank = lines.blank();
    if (beginsDocument(lines, blank)) {
      flush();
    }
    afterBlank = blank;
    if (blank && chunk.size() == 0) {
      return;
    }
    append(lines);
  }

  private boolean beginsDocument(BoundedLines lines, boolean blank) {
    return switch (rules.split()) {
      case FILE -> false;
      case LINE -> true;
      case PARAGRAPH ->
          !blank && afterBlank && chunk.size() + lines.length() + 1 > rules.splitBytes();
      case CHAPTER -> afterBlank && !blank && isHeading(lines);
    };
  }

  private boolean isHeading(BoundedLines lines) {
    return lines.length() <= LONGEST_HEADING
        && HEADING
            .matcher(new String(lines.bytes(), 0, lines.length(), StandardCharsets.ISO_8859_1))
            .matches();
  }

  private void append(BoundedLines lines) {
    overflowed |= lines.tooLong() || chunk.size() + lines.length() >= limits.document();
    if (!overflowed) {
      chunk.write(lines.bytes(), 0, lines.length());
      chunk.write('\n');
    }
  }

  private void flush() {
    if (overflowed) {
      sink.refused(Reason.TOO_LARGE, "a chunk of more than " + limits.document() + " bytes");
    } else if (chunk.size() > 0) {
      hand(chunk.toByteArray());
    }
    chunk.reset();
    overflowed = false;
  }

  private void hand(byte[] bytes) {
    try {
      String text = Texts.decode(bytes, bytes.length, rules.charset(), rules.invalidText()).strip();
      sink.document(text, rules.split() == Split.CHAPTER ? title(text) : Map.of());
    } catch (CharacterCodingException e) {
      sink.refused(Reason.INVALID_ENCODING, "not " + rules.charset());
    }
  }

  private static Map<String, String> title(String text) {
    String first = text.lines().findFirst().orElse("").strip();
    return HEADING.matcher(first).matches() ? Map.of("title", first) : Map.of();
  }
}
