package org.transnormer.model.cli;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Documents of local files: a text file is one, a JSONL file has one a line; either may be
 * compressed by zstd or gzip. Folders are walked, and files of other kinds in them passed over.
 *
 * @param field of a JSONL line that holds the text
 */
record TextDocuments(List<Path> files, String field) {

  /**
   * One document.
   *
   * @param file index of its file
   * @param ordinal its number within the file
   * @param whole whether the file is this one document
   * @param read bytes of all files together, as they lie on the disk, that were read for it and for
   *     those before it
   */
  record Document(String text, int file, int ordinal, boolean whole, long read) {}

  @FunctionalInterface
  interface Visitor {
    void visit(Document document) throws IOException;
  }

  /** Files of the kinds that hold documents; others are refused if they are named. */
  static TextDocuments of(List<Path> paths, String field) throws IOException {
    return of(paths, field, false);
  }

  /**
   * @param any whether a file that is named is a text, whatever its name
   */
  static TextDocuments of(List<Path> paths, String field, boolean any) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> below = Files.walk(path)) {
          below.filter(f -> Files.isRegularFile(f) && known(f)).sorted().forEach(files::add);
        }
      } else if (any || known(path.toRealPath())) {
        files.add(path);
      } else {
        throw new IllegalArgumentException(
            path + " is neither text (.txt, .md) nor JSONL (.jsonl), with or without .zst or .gz");
      }
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no text and no JSONL below " + paths);
    }
    return new TextDocuments(List.copyOf(files), field);
  }

  private static String plainName(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.replaceFirst("\\.(zst|gz)$", "");
  }

  /** Whether each line of the file is a document. */
  static boolean isLines(Path file) {
    return plainName(file).matches(".*\\.(jsonl|ndjson)");
  }

  private static boolean known(Path file) {
    return isLines(file) || plainName(file).matches(".*\\.(txt|md|text)");
  }

  /** Bytes on the disk, for progress. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  /**
   * @throws IOException naming the file and the line that cannot be read
   */
  void each(Visitor visitor) throws IOException {
    AtomicLong read = new AtomicLong();
    for (int i = 0; i < files.size(); i++) {
      try (InputStream in = open(files.get(i), read)) {
        if (isLines(files.get(i))) {
          lines(in, i, read, visitor);
        } else {
          String text = strict(files.get(i), in);
          visitor.visit(new Document(text, i, 0, true, read.get()));
        }
      }
    }
  }

  private static InputStream open(Path file, AtomicLong read) throws IOException {
    InputStream counted =
        new FilterInputStream(Files.newInputStream(file)) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            read.addAndGet(Math.max(0, count));
            return count;
          }
        };
    InputStream in = new BufferedInputStream(counted, 1 << 16);
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".zst")
        ? new ZstdInputStream(in)
        : name.endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private static String strict(Path file, InputStream in) throws IOException {
    try {
      return strict().decode(ByteBuffer.wrap(in.readAllBytes())).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8", e);
    }
  }

  private static CharsetDecoder strict() {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  private void lines(InputStream in, int file, AtomicLong read, Visitor visitor)
      throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, strict()));
    int number = 0;
    for (String line = read(lines, file, number); line != null; ) {
      number++;
      if (!line.isBlank()) {
        String text = text(line, file, number);
        visitor.visit(new Document(text, file, number - 1, false, read.get()));
      }
      line = read(lines, file, number);
    }
  }

  private @Nullable String read(BufferedReader lines, int file, int number) throws IOException {
    try {
      return lines.readLine();
    } catch (CharacterCodingException e) {
      throw new IOException(files.get(file) + " is not UTF-8 after line " + number, e);
    }
  }

  private String text(String line, int file, int number) throws IOException {
    try {
      JsonNode text = JsonMapper.shared().readTree(line).path(field);
      if (text.isString()) {
        return text.stringValue();
      }
    } catch (JacksonException e) {
      throw new IOException(
          "%s, line %d: is not JSON: %s".formatted(files.get(file), number, e.getOriginalMessage()),
          e);
    }
    throw new IOException(
        "%s, line %d: has no text in field '%s'".formatted(files.get(file), number, field));
  }
}
