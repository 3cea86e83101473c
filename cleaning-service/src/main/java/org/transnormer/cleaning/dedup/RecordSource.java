package org.transnormer.cleaning.dedup;

import java.io.IOException;
import java.io.InputStream;

/** Sorted records from a stream, one at a time, through a buffer of its own. */
final class RecordSource implements AutoCloseable {
  private final InputStream in;
  private final int width;
  private final byte[] buffer;
  private int at;
  private int filled;

  RecordSource(InputStream in, int width, int bufferBytes) {
    this.in = in;
    this.width = width;
    this.buffer = new byte[Math.max(1, bufferBytes / width) * width];
    this.at = -width;
  }

  /** Goes to the next record; false behind the last. */
  boolean next() throws IOException {
    at += width;
    if (at < filled) {
      return true;
    }
    filled = in.readNBytes(buffer, 0, buffer.length);
    at = 0;
    if (filled % width != 0) {
      throw new IOException("the last record is cut off");
    }
    return filled > 0;
  }

  byte[] buffer() {
    return buffer;
  }

  int offset() {
    return at;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
