package org.transnormer.cleaning.sidecar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.cleaning.sidecar.Column.Kind;

/** The values of one column in one row group, encoded as they come: PLAIN, or dictionary codes. */
final class ColumnBuffer {
  private final Kind kind;
  private final ByteBuffer plain;
  private final Map<String, Integer> codes = new HashMap<>();
  private final List<String> dictionary = new ArrayList<>();
  private int rows;

  ColumnBuffer(Kind kind, int capacity) {
    this.kind = kind;
    this.plain =
        ByteBuffer.allocate(capacity * Math.max(4, width(kind))).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int width(Kind kind) {
    return switch (kind) {
      case INT, LABEL -> Integer.BYTES;
      case LONG, DOUBLE -> Long.BYTES;
      case BYTES16 -> 16;
    };
  }

  int rows() {
    return rows;
  }

  void add(double value) {
    require(Kind.DOUBLE);
    plain.putDouble(value);
  }

  void add(long value) {
    require(Kind.LONG);
    plain.putLong(value);
  }

  void add(int value) {
    require(Kind.INT);
    plain.putInt(value);
  }

  void add(byte[] value) {
    require(Kind.BYTES16);
    if (value.length != 16) {
      throw new IllegalArgumentException("not 16 bytes: " + value.length);
    }
    plain.put(value);
  }

  void add(String label) {
    require(Kind.LABEL);
    Integer code = codes.get(label);
    if (code == null) {
      code = dictionary.size();
      codes.put(label, code);
      dictionary.add(label);
    }
    plain.putInt(code);
  }

  private void require(Kind expected) {
    if (kind != expected) {
      throw new IllegalArgumentException("a column of " + kind + " takes no " + expected);
    }
    rows++;
  }

  /** What a data page holds. */
  byte[] page() {
    if (kind == Kind.LABEL) {
      return codes();
    }
    byte[] bytes = new byte[plain.position()];
    plain.get(0, bytes);
    return bytes;
  }

  List<String> dictionary() {
    return dictionary;
  }

  /**
   * Codes in the hybrid encoding of Parquet as one bit-packed run: width, header (groups of eight,
   * shifted by one, plus 1), then the codes, least significant bit first.
   */
  private byte[] codes() {
    int width = 32 - Integer.numberOfLeadingZeros(Math.max(1, dictionary.size() - 1));
    int groups = (rows + 7) / 8;
    ByteBuffer out = ByteBuffer.allocate(1 + 5 + groups * width);
    out.put((byte) width);
    int header = groups << 1 | 1;
    while (header >= 0x80) {
      out.put((byte) (header & 0x7F | 0x80));
      header >>>= 7;
    }
    out.put((byte) header);
    long bits = 0;
    int held = 0;
    for (int row = 0; row < groups * 8; row++) {
      long code = row < rows ? plain.getInt(row * Integer.BYTES) : 0;
      bits |= code << held;
      held += width;
      while (held >= 8) {
        out.put((byte) bits);
        bits >>>= 8;
        held -= 8;
      }
    }
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }

  void clear() {
    plain.clear();
    codes.clear();
    dictionary.clear();
    rows = 0;
  }
}
