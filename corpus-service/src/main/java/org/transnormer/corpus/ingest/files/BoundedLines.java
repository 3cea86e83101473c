package org.transnormer.corpus.ingest.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Lines of bytes, ended by LF or CRLF, in memory bounded by {@code limit} however long a line is.
 */
final class BoundedLines {
  private static final int FIRST = 1 << 13;

  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int filled;
  private byte[] line = new byte[FIRST];
  private int length;
  private boolean tooLong;
  private boolean terminated;

  BoundedLines(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Moves to the next line; false at the end of the file. */
  boolean next() throws IOException {
    length = 0;
    tooLong = false;
    terminated = false;
    boolean any = false;
    while (!terminated && fill()) {
      any = true;
      takeUpToLineEnd();
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    return any;
  }

  private boolean fill() throws IOException {
    if (position < filled) {
      return true;
    }
    position = 0;
    filled = Math.max(0, in.read(buffer, 0, buffer.length));
    return filled > 0;
  }

  private void takeUpToLineEnd() {
    int end = position;
    while (end < filled && buffer[end] != '\n') {
      end++;
    }
    append(position, end - position);
    terminated = end < filled;
    position = terminated ? end + 1 : end;
  }

  private void append(int from, int count) {
    int taken = Math.min(count, limit - length);
    tooLong |= taken < count;
    if (length + taken > line.length) {
      line = Arrays.copyOf(line, Math.min(limit, Math.max(length + taken, line.length * 2)));
    }
    System.arraycopy(buffer, from, line, length, taken);
    length += taken;
  }

  /** The bytes of the line, without its end; valid until the next call. */
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  /** True when the line is longer than the limit; its rest was passed over. */
  boolean tooLong() {
    return tooLong;
  }

  boolean blank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\t' && line[i] != '\f') {
        return false;
      }
    }
    return !tooLong;
  }
}
