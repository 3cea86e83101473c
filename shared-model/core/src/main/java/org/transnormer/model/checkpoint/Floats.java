package org.transnormer.model.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.transnormer.model.config.PhaseRounding;

/** Little-endian numbers of the types that weights come in, as native floats. */
final class Floats {

  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Floats() {}

  static boolean readable(DType type) {
    return type == DType.F32 || type == DType.BF16 || type == DType.F16;
  }

  /**
   * @param data elements of {@code type}
   * @param target overwritten from {@code offset} (bytes) on
   */
  static void copy(DType type, MemorySegment data, MemorySegment target, long offset) {
    long n = data.byteSize() / type.bytes();
    switch (type) {
      case F32 ->
          MemorySegment.copy(data, F32, 0, target, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, n);
      case BF16 -> {
        for (long i = 0; i < n; i++) {
          float value = Float.intBitsToFloat(data.get(U16, 2 * i) << 16);
          target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4 * i, value);
        }
      }
      case F16 -> {
        for (long i = 0; i < n; i++) {
          float value = Float.float16ToFloat(data.get(U16, 2 * i));
          target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4 * i, value);
        }
      }
      case BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, I32, U32, F64, I64, U64 ->
          throw new IllegalArgumentException(type + " is no type of weights");
    }
  }

  /** Native floats as the nearest numbers of another type, ties to even. */
  static MemorySegment rounded(DType type, MemorySegment floats, Arena arena) {
    long n = floats.byteSize() / Float.BYTES;
    MemorySegment target = arena.allocate(n * type.bytes(), Short.BYTES);
    switch (type) {
      case BF16 -> {
        for (long i = 0; i < n; i++) {
          target.set(U16, 2 * i, bfloat16(floats.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i)));
        }
      }
      case F16 -> {
        for (long i = 0; i < n; i++) {
          float value = floats.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i);
          target.set(U16, 2 * i, Float.floatToFloat16(value));
        }
      }
      case BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, I32, U32, F32, F64, I64, U64 ->
          throw new IllegalArgumentException("weights are not rounded to " + type);
    }
    return target;
  }

  private static short bfloat16(float value) {
    if (Float.isNaN(value)) {
      return (short) (Float.floatToRawIntBits(value) >>> 16 | 0x40); // stays a NaN, made quiet
    }
    return (short) (Float.floatToRawIntBits(PhaseRounding.bfloat16(value)) >>> 16);
  }
}
