package org.transnormer.model.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

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
}
