package org.transnormer.model.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.transnormer.model.tensor.Tensor;

/**
 * The arguments of one launch, as the driver takes them: an array of pointers to values. One object
 * serves all launches; the driver copies values while it is asked.
 */
final class Arguments {

  /** More than any kernel has. */
  static final int MOST = 40;

  private static final long SLOT = Long.BYTES;

  private final MemorySegment values = Arena.ofAuto().allocate(MOST * SLOT, SLOT);
  private final MemorySegment pointers = Arena.ofAuto().allocate(MOST * SLOT, SLOT);
  private int count;

  Arguments() {
    for (int i = 0; i < MOST; i++) {
      pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + i * SLOT);
    }
  }

  Arguments begin() {
    count = 0;
    return this;
  }

  /** A pointer, or a long. */
  Arguments add(long value) {
    values.setAtIndex(ValueLayout.JAVA_LONG, count++, value);
    return this;
  }

  Arguments add(int value) {
    values.setAtIndex(ValueLayout.JAVA_LONG, count, 0);
    values.set(ValueLayout.JAVA_INT, count++ * SLOT, value);
    return this;
  }

  Arguments add(float value) {
    return add(Float.floatToRawIntBits(value));
  }

  Arguments add(double value) {
    return add(Double.doubleToRawLongBits(value));
  }

  Arguments add(boolean value) {
    return add(value ? 1 : 0);
  }

  /** A pointer to the first element. */
  Arguments vector(Tensor x) {
    return add(CudaStorage.address(x));
  }

  /** A pointer to the first element and the stride of rows. */
  Arguments matrix(Tensor x) {
    return vector(x).add(x.rowStride());
  }

  /** Array of pointers to the values. */
  MemorySegment pointers() {
    return pointers;
  }

  /** A number that other arguments hardly share. */
  long hash() {
    long hash = count;
    for (int i = 0; i < count; i++) {
      hash = mix(hash, values.getAtIndex(ValueLayout.JAVA_LONG, i));
    }
    return hash;
  }

  /** As MurmurHash3's finaliser mixes (Appleby, public domain). */
  static long mix(long hash, long value) {
    long x = (hash ^ value) * 0xff51afd7ed558ccdL;
    x ^= x >>> 33;
    x *= 0xc4ceb9fe1a85ec53L;
    return x ^ x >>> 33;
  }
}
