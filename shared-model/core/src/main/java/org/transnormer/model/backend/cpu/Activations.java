package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.transnormer.model.backend.Activation;

/** Every {@link Activation} and its slope, over one group of a row's columns. */
final class Activations {

  private static final float LEAK = 0.01f;

  private Activations() {}

  static void forward(long y, long x, int columns, Activation activation) {
    switch (activation) {
      case GELU -> scalars(y, 0, x, columns, v -> v * Normal.below(v));
      case SINE -> scalars(y, 0, x, columns, Phases::sin);
      case EXP -> {
        float largest = max(x, columns);
        for (int j = 0; j < columns; j += WIDTH) {
          VectorMask<Float> rest = Lanes.rest(j, columns);
          long at = (long) j * Float.BYTES;
          Lanes.store(y + at, Lanes.exp(Lanes.load(x + at, rest).sub(largest)), rest);
        }
      }
      case IDENTITY, SILU, RELU, LEAKY_RELU, SIGMOID, ELU, ONE_PLUS_ELU, TWO_PLUS_ELU -> {
        for (int j = 0; j < columns; j += WIDTH) {
          VectorMask<Float> rest = Lanes.rest(j, columns);
          long at = (long) j * Float.BYTES;
          Lanes.store(y + at, value(Lanes.load(x + at, rest), activation), rest);
        }
      }
    }
  }

  static void backward(long dx, long dy, long x, int columns, Activation activation) {
    switch (activation) {
      case GELU -> scalars(dx, dy, x, columns, v -> Normal.below(v) + v * Normal.density(v));
      case SINE -> scalars(dx, dy, x, columns, Phases::cos);
      case EXP -> {
        float largest = max(x, columns);
        for (int j = 0; j < columns; j += WIDTH) {
          VectorMask<Float> rest = Lanes.rest(j, columns);
          long at = (long) j * Float.BYTES;
          FloatVector slope = Lanes.exp(Lanes.load(x + at, rest).sub(largest));
          Lanes.store(dx + at, Lanes.load(dy + at, rest).mul(slope), rest);
        }
      }
      case IDENTITY, SILU, RELU, LEAKY_RELU, SIGMOID, ELU, ONE_PLUS_ELU, TWO_PLUS_ELU -> {
        for (int j = 0; j < columns; j += WIDTH) {
          VectorMask<Float> rest = Lanes.rest(j, columns);
          long at = (long) j * Float.BYTES;
          FloatVector slope = slope(Lanes.load(x + at, rest), activation);
          Lanes.store(dx + at, Lanes.load(dy + at, rest).mul(slope), rest);
        }
      }
    }
  }

  /**
   * Functions that no released model uses, an element at a time and in double.
   *
   * @param factors multiply the results; 0 for none
   */
  private static void scalars(
      long y, long factors, long x, int columns, DoubleUnaryOperator function) {
    for (int j = 0; j < columns; j++) {
      long at = (long) j * Float.BYTES;
      double value = function.applyAsDouble(Lanes.get(x + at));
      Lanes.set(y + at, (float) (factors == 0 ? value : value * Lanes.get(factors + at)));
    }
  }

  private static float max(long x, int columns) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < columns; j++) {
      largest = Math.max(largest, Lanes.get(x + (long) j * Float.BYTES));
    }
    return largest;
  }

  private static FloatVector value(FloatVector x, Activation activation) {
    return switch (activation) {
      case SILU -> x.mul(Lanes.sigmoid(x));
      case RELU -> x.max(0f);
      case LEAKY_RELU -> x.mul(LEAK).blend(x, positive(x));
      case SIGMOID -> Lanes.sigmoid(x);
      case ELU -> elu(x);
      case ONE_PLUS_ELU -> elu(x).add(1f);
      case TWO_PLUS_ELU -> elu(x).add(2f);
      case IDENTITY, GELU, SINE, EXP -> x;
    };
  }

  private static FloatVector slope(FloatVector x, Activation activation) {
    return switch (activation) {
      case SILU -> siluSlope(x);
      case RELU -> Lanes.zero().blend(1f, positive(x));
      case LEAKY_RELU -> Lanes.broadcast(LEAK).blend(1f, positive(x));
      case SIGMOID -> {
        FloatVector s = Lanes.sigmoid(x);
        yield s.mul(Lanes.broadcast(1f).sub(s));
      }
      case ELU, ONE_PLUS_ELU, TWO_PLUS_ELU -> Lanes.exp(x).blend(1f, positive(x));
      case IDENTITY, GELU, SINE, EXP -> Lanes.broadcast(1f);
    };
  }

  /** s (1 + x (1 - s)) with s = sigmoid(x) */
  static FloatVector siluSlope(FloatVector x) {
    FloatVector s = Lanes.sigmoid(x);
    return s.mul(x.mul(Lanes.broadcast(1f).sub(s)).add(1f));
  }

  private static FloatVector elu(FloatVector x) {
    return Lanes.exp(x).sub(1f).blend(x, positive(x));
  }

  private static VectorMask<Float> positive(FloatVector x) {
    return x.compare(VectorOperators.GT, 0f);
  }
}
