package org.transnormer.cleaning.dedup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.transnormer.artifacts.store.CorruptArtifactException;

/**
 * Where the sections of a run lie. A run holds bands one behind the other, a band its records
 * sorted by key; a section is the part of a band whose keys start with the same six bits.
 *
 * @param counts records per section, band by band
 * @param checksums XXH3 of each section's bytes, so that a part of the run can be read and trusted
 */
record RunIndex(int bands, int recordWidth, int[] counts, long[] checksums) {
  static final int SECTIONS = 64;
  private static final int HEADER = 2 * Integer.BYTES;
  private static final int ENTRY = Integer.BYTES + Long.BYTES;
  static final int MAX_BYTES = HEADER + 64 * SECTIONS * ENTRY;

  static RunIndex empty(int bands, int recordWidth) {
    return new RunIndex(bands, recordWidth, new int[bands * SECTIONS], new long[bands * SECTIONS]);
  }

  /** First byte of a section in the run. */
  long offset(int band, int section) {
    long records = 0;
    for (int i = 0; i < band * SECTIONS + section; i++) {
      records += counts[i];
    }
    return records * recordWidth;
  }

  long bytes(int band, int section) {
    return (long) counts[band * SECTIONS + section] * recordWidth;
  }

  long checksum(int band, int section) {
    return checksums[band * SECTIONS + section];
  }

  byte[] bytes() {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER + counts.length * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(bands).putInt(recordWidth);
    for (int i = 0; i < counts.length; i++) {
      out.putInt(counts[i]).putLong(checksums[i]);
    }
    return out.array();
  }

  /**
   * @param bands and recordWidth what the caller expects
   * @param size of the run in bytes
   */
  static RunIndex parse(byte[] bytes, String key, int bands, int recordWidth, long size)
      throws CorruptArtifactException {
    int sections = bands * SECTIONS;
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length != HEADER + sections * ENTRY
        || in.getInt() != bands
        || in.getInt() != recordWidth) {
      throw new CorruptArtifactException(key, "not the index of " + bands + " bands");
    }
    RunIndex index = empty(bands, recordWidth);
    long total = 0;
    for (int i = 0; i < sections; i++) {
      index.counts[i] = in.getInt();
      index.checksums[i] = in.getLong();
      total += index.counts[i] < 0 ? Integer.MIN_VALUE : index.counts[i];
    }
    if (total * recordWidth != size) {
      throw new CorruptArtifactException(key, "does not add up to the run's " + size + " bytes");
    }
    return index;
  }
}
