package org.transnormer.cleaning.sidecar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.transnormer.cleaning.sidecar.ParquetFile.MalformedException;

/** Parquet's dictionary of strings and the hybrid of runs and packed bits that refers to it. */
final class DictionaryCodes implements ParquetFile.Pages {
  private final String[] values;
  private String[] dictionary = {};
  private int filled;

  /**
   * @param values to be filled
   */
  DictionaryCodes(String[] values) {
    this.values = values;
  }

  int filled() {
    return filled;
  }

  @Override
  public void dictionary(ByteBuffer page, int count) throws IOException {
    if (count < 0 || count > page.remaining() / Integer.BYTES) {
      throw new MalformedException("a dictionary of " + count + " strings");
    }
    dictionary = new String[count];
    for (int i = 0; i < count; i++) {
      int length = page.getInt();
      if (length < 0 || length > page.remaining()) {
        throw new MalformedException("a string of " + length + " bytes");
      }
      dictionary[i] = new String(page.array(), page.position(), length, UTF_8);
      page.position(page.position() + length);
    }
  }

  @Override
  public void data(ByteBuffer page, int count) throws IOException {
    if (count > values.length - filled) {
      throw new MalformedException("more values than rows");
    }
    int end = filled + count;
    int width = page.get();
    if (width < 0 || width > 32) {
      throw new MalformedException("codes of " + width + " bits");
    }
    while (filled < end) {
      int header = varint(page);
      if ((header & 1) == 0) {
        run(page, header >>> 1, width, end);
      } else {
        packed(page, header >>> 1, width, end);
      }
    }
  }

  private static int varint(ByteBuffer page) {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte next = page.get();
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        break;
      }
    }
    return value;
  }

  private void run(ByteBuffer page, int length, int width, int end) throws IOException {
    int code = 0;
    for (int i = 0; i < (width + 7) / 8; i++) {
      code |= (page.get() & 0xFF) << 8 * i;
    }
    if (length < 1 || length > end - filled) {
      throw new MalformedException("a run of " + length);
    }
    for (int i = 0; i < length; i++) {
      put(code);
    }
  }

  private void packed(ByteBuffer page, int groups, int width, int end) throws IOException {
    if (groups < 1) {
      throw new MalformedException("no packed codes");
    }
    long bits = 0;
    int held = 0;
    long mask = (1L << width) - 1;
    for (long i = 0; i < 8L * groups && filled < end; i++) {
      while (held < width) {
        bits |= (page.get() & 0xFFL) << held;
        held += 8;
      }
      put((int) (bits & mask));
      bits >>>= width;
      held -= width;
    }
  }

  private void put(int code) throws IOException {
    if (code < 0 || code >= dictionary.length) {
      throw new MalformedException("code " + code + " of " + dictionary.length);
    }
    values[filled++] = dictionary[code];
  }
}
