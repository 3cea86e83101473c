package org.transnormer.model.backend.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors at raw addresses, and functions of them whose every bit is defined.
 *
 * <p>Kernels work on addresses; the operations in front of them have checked shapes and liveness.
 * The Vector API leaves open in which order {@code reduceLanes} adds and how exact {@code EXP} is,
 * and the interpreter and the compiler do differ, so neither is used here: a resumed run must give
 * the same bits as an uninterrupted one.
 */
final class Lanes {

  private static final String BOUNDS_CHECK = "jdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK";

  /*
   * Vectors are loaded from addresses, in a segment that is all of memory: bounds of it protect
   * nothing, but their checks cost a third of a kernel's time. Read by the Vector API when it starts.
   */
  static {
    if (System.getProperty(BOUNDS_CHECK) == null) {
      System.setProperty(BOUNDS_CHECK, "0");
    }
  }

  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int WIDTH = SPECIES.length();

  private static final VectorSpecies<Integer> INTEGERS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());

  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final int BFLOAT16_SHIFT = 16;
  private static final int UPPER_HALF = -1 << BFLOAT16_SHIFT;
  private static final int BELOW_HALF = (1 << BFLOAT16_SHIFT - 1) - 1;

  /** As many halves as a vector has lanes. */
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(
          short.class, VectorShape.forBitSize(SPECIES.vectorShape().vectorBitSize() / 2));

  private static final VectorShuffle<Float> FOLD_8 = fold(8);
  private static final VectorShuffle<Float> FOLD_4 = fold(4);
  private static final VectorShuffle<Float> FOLD_2 = fold(2);
  private static final VectorShuffle<Float> FOLD_1 = fold(1);

  /* exp: argument range within which 2^n stays a normal number. */
  private static final float EXP_LOWEST = -87f;
  private static final float EXP_HIGHEST = 88f;
  private static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts: the high one has trailing zeros, so that n times it is exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding it rounds to an integer in the low bits of the significand. */
  private static final float ROUNDER = 12582912f;

  private static final int EXPONENT_SHIFT = 23;

  private Lanes() {}

  private static VectorShuffle<Float> fold(int distance) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + distance) % SPECIES.length());
  }

  static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(SPECIES, MEMORY, address, ORDER);
  }

  static FloatVector load(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(SPECIES, MEMORY, address, ORDER, mask);
  }

  /** As many 32-bit words as a vector has lanes. */
  static IntVector words(long address) {
    return IntVector.fromMemorySegment(INTEGERS, MEMORY, address, ORDER);
  }

  /** The bfloat16 in each word's lower half. */
  static FloatVector lowerHalf(IntVector words) {
    return (FloatVector) words.lanewise(VectorOperators.LSHL, BFLOAT16_SHIFT).viewAsFloatingLanes();
  }

  /** The bfloat16 in each word's upper half. */
  static FloatVector upperHalf(IntVector words) {
    return (FloatVector) words.and(UPPER_HALF).viewAsFloatingLanes();
  }

  /** Each word, as a number. */
  static FloatVector number(IntVector words) {
    return (FloatVector) words.convert(VectorOperators.I2F, 0);
  }

  /** Each word shifted left, as a number. */
  static FloatVector number(IntVector words, int shift) {
    return (FloatVector)
        words.lanewise(VectorOperators.LSHL, shift).convert(VectorOperators.I2F, 0);
  }

  /**
   * Floats to bfloat16, the nearest, ties to even. An infinity stays one; a NaN does if its upper
   * half says that it is one, as those do that arithmetic makes.
   */
  static void round(long target, long source, int count) {
    int j = 0;
    for (; j <= count - WIDTH; j += WIDTH) {
      IntVector bits = words(source + (long) j * Float.BYTES);
      IntVector odd = bits.lanewise(VectorOperators.LSHR, BFLOAT16_SHIFT).and(1);
      IntVector upper =
          bits.add(BELOW_HALF).add(odd).lanewise(VectorOperators.LSHR, BFLOAT16_SHIFT);
      upper
          .convertShape(VectorOperators.I2S, HALVES, 0)
          .reinterpretAsShorts()
          .intoMemorySegment(MEMORY, target + (long) j * Short.BYTES, ORDER);
    }
    for (; j < count; j++) {
      int bits = getInt(source + (long) j * Float.BYTES);
      int rounded = bits + BELOW_HALF + (bits >>> BFLOAT16_SHIFT & 1);
      MEMORY.set(SHORT, target + (long) j * Short.BYTES, (short) (rounded >>> BFLOAT16_SHIFT));
    }
  }

  static void store(long address, FloatVector vector) {
    vector.intoMemorySegment(MEMORY, address, ORDER);
  }

  static void store(long address, FloatVector vector, VectorMask<Float> mask) {
    vector.intoMemorySegment(MEMORY, address, ORDER, mask);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  static FloatVector zero() {
    return FloatVector.zero(SPECIES);
  }

  /** Lanes that are left when {@code done} of {@code count} elements are behind. */
  static VectorMask<Float> rest(int done, int count) {
    return SPECIES.indexInRange(done, count);
  }

  static float get(long address) {
    return MEMORY.get(FLOAT, address);
  }

  static void set(long address, float value) {
    MEMORY.set(FLOAT, address, value);
  }

  static float getBfloat16(long address) {
    return Float.intBitsToFloat(MEMORY.get(SHORT, address) << BFLOAT16_SHIFT);
  }

  /** The upper half of a float; whoever calls has rounded it. */
  static void setBfloat16(long address, float value) {
    MEMORY.set(SHORT, address, (short) (Float.floatToRawIntBits(value) >>> BFLOAT16_SHIFT));
  }

  static int getInt(long address) {
    return MEMORY.get(INT, address);
  }

  static void setInt(long address, int value) {
    MEMORY.set(INT, address, value);
  }

  static byte getByte(long address) {
    return MEMORY.get(BYTE, address);
  }

  static void setByte(long address, byte value) {
    MEMORY.set(BYTE, address, value);
  }

  static void fill(long address, long floats, float value) {
    if (value == 0f) {
      MEMORY.asSlice(address, floats * Float.BYTES).fill((byte) 0);
      return;
    }
    for (long i = 0; i < floats; i++) {
      set(address + i * Float.BYTES, value);
    }
  }

  static void copy(long target, long source, long floats) {
    MemorySegment.copy(MEMORY, source, MEMORY, target, floats * Float.BYTES);
  }

  /** Sum of all lanes, by halving: the same tree for every way of running it. */
  static float sum(FloatVector v) {
    FloatVector s = v;
    if (WIDTH > 8) {
      s = s.add(s.rearrange(FOLD_8));
    }
    if (WIDTH > 4) {
      s = s.add(s.rearrange(FOLD_4));
    }
    if (WIDTH > 2) {
      s = s.add(s.rearrange(FOLD_2));
    }
    return s.add(s.rearrange(FOLD_1)).lane(0);
  }

  /**
   * {@link #sum} of a vector in memory, to the bit. A chain of scalars is shorter than one of
   * shuffles, and sums of neighbouring vectors overlap.
   */
  static float sum(long address) {
    if (WIDTH == 8) {
      return sumOf8(address, 1);
    }
    if (WIDTH == 16) {
      return sumOf8(address, 2);
    }
    return sum(load(address));
  }

  /** Of eight lanes, each the sum of {@code parts} that are eight lanes apart. */
  private static float sumOf8(long address, int parts) {
    float even = lane(address, 0, parts) + lane(address, 4, parts);
    even += lane(address, 2, parts) + lane(address, 6, parts);
    float odd = lane(address, 1, parts) + lane(address, 5, parts);
    odd += lane(address, 3, parts) + lane(address, 7, parts);
    return even + odd;
  }

  private static float lane(long address, int lane, int parts) {
    long at = address + (long) lane * Float.BYTES;
    return parts == 1 ? get(at) : get(at) + get(at + 8 * Float.BYTES);
  }

  /** Largest lane; NaN if there is one. */
  static float max(FloatVector v) {
    return v.reduceLanes(VectorOperators.MAX);
  }

  /**
   * e^x to about 1 ulp, by x = n ln 2 + r and the degree-6 polynomial of Cephes' expf (Moshier) in
   * r; beyond the range of normal floats it stays at the range's end.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.max(EXP_LOWEST).min(EXP_HIGHEST);
    FloatVector shifted = clamped.fma(broadcast(LOG2_E), broadcast(ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(broadcast(-LN2_LOW), n.fma(broadcast(-LN2_HIGH), clamped));
    FloatVector p = broadcast(1.9875691500e-4f);
    p = p.fma(r, broadcast(1.3981999507e-3f));
    p = p.fma(r, broadcast(8.3334519073e-3f));
    p = p.fma(r, broadcast(4.1665795894e-2f));
    p = p.fma(r, broadcast(1.6666665459e-1f));
    p = p.fma(r, broadcast(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    IntVector scaled =
        ((IntVector) p.viewAsIntegralLanes())
            .add(
                ((IntVector) shifted.viewAsIntegralLanes())
                    .lanewise(VectorOperators.LSHL, EXPONENT_SHIFT));
    return (FloatVector) scaled.viewAsFloatingLanes();
  }

  /** 1 / (1 + e^-x) */
  static FloatVector sigmoid(FloatVector x) {
    return broadcast(1f).div(exp(x.neg()).add(1f));
  }
}
