package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.tensor.Tensor;

/** Cross-entropy a row at a time, shifted by the row's largest logit. */
final class CpuLoss implements Loss {

  private final RowTasks tasks;

  CpuLoss(RowTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void crossEntropy(double[] nats, Tensor logits, int[] targets, int from) {
    int vocab = logits.columns();
    Rows logitss = Rows.of(logits);
    requireTargets(logits, targets, from);
    tasks.run(
        logits.rows(),
        vocab,
        n -> {
          int i = from + (int) n;
          long row = logitss.at(n);
          if (targets[i] == IGNORE) {
            nats[i] = 0;
          } else {
            float largest = max(row, vocab);
            nats[i] = nats(row, targets[i], largest, sumOfExponentials(row, largest, vocab));
          }
        });
  }

  @Override
  public void crossEntropyBackward(
      double[] nats, Tensor logits, int[] targets, int from, double scale, double zLoss) {
    int vocab = logits.columns();
    Rows logitss = Rows.of(logits);
    requireTargets(logits, targets, from);
    tasks.run(
        logits.rows(),
        vocab,
        n -> {
          int i = from + (int) n;
          long row = logitss.at(n);
          if (targets[i] == IGNORE) {
            nats[i] = 0;
            Lanes.fill(row, vocab, 0f);
          } else {
            float largest = max(row, vocab);
            long target = row + (long) targets[i] * Float.BYTES;
            float targetLogit = Lanes.get(target);
            float sum = exponentials(row, largest, vocab);
            double logZ = StrictMath.log(sum) + (double) largest;
            nats[i] = logZ - targetLogit;
            multiply(row, (float) (scale * (1 + 2 * zLoss * logZ) / sum), vocab);
            Lanes.set(target, Lanes.get(target) - (float) scale);
          }
        });
  }

  private static void requireTargets(Tensor logits, int[] targets, int from) {
    for (int i = from; i < from + logits.rows(); i++) {
      if (targets[i] != IGNORE && (targets[i] < 0 || targets[i] >= logits.columns())) {
        throw new IllegalArgumentException(
            "target %d at %d is outside the vocabulary of %d"
                .formatted(targets[i], i, logits.columns()));
      }
    }
  }

  private static double nats(long row, int target, float largest, float sum) {
    return StrictMath.log(sum) + (double) largest - Lanes.get(row + (long) target * Float.BYTES);
  }

  private static float max(long row, int columns) {
    FloatVector largest = Lanes.broadcast(Float.NEGATIVE_INFINITY);
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      largest = largest.max(Lanes.load(row + (long) j * Float.BYTES));
    }
    float result = Lanes.max(largest);
    for (; j < columns; j++) {
      result = Math.max(result, Lanes.get(row + (long) j * Float.BYTES));
    }
    return result;
  }

  private static float sumOfExponentials(long row, float largest, int columns) {
    FloatVector shift = Lanes.broadcast(largest);
    FloatVector sum = Lanes.zero();
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      sum = sum.add(Lanes.exp(Lanes.load(row + (long) j * Float.BYTES).sub(shift)));
    }
    if (j < columns) {
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector e = Lanes.exp(Lanes.load(row + (long) j * Float.BYTES, rest).sub(shift));
      sum = sum.add(e, rest);
    }
    return Lanes.sum(sum);
  }

  /** The row becomes e^(x - largest); returns its sum. */
  private static float exponentials(long row, float largest, int columns) {
    FloatVector shift = Lanes.broadcast(largest);
    FloatVector sum = Lanes.zero();
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = row + (long) j * Float.BYTES;
      FloatVector e = Lanes.exp(Lanes.load(at).sub(shift));
      Lanes.store(at, e);
      sum = sum.add(e);
    }
    if (j < columns) {
      long at = row + (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      FloatVector e = Lanes.exp(Lanes.load(at, rest).sub(shift));
      Lanes.store(at, e, rest);
      sum = sum.add(e, rest);
    }
    return Lanes.sum(sum);
  }

  private static void multiply(long row, float factor, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = row + (long) j * Float.BYTES;
      Lanes.store(at, Lanes.load(at).mul(factor));
    }
    for (; j < columns; j++) {
      long at = row + (long) j * Float.BYTES;
      Lanes.set(at, Lanes.get(at) * factor);
    }
  }
}
