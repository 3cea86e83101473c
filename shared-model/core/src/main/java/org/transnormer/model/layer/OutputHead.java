package org.transnormer.model.layer;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * logits = SRMS(x) E^T with the embedding's table E, and the loss. Logits are made, used and
 * overwritten a stretch of rows at a time, since all of them can be larger than the rest of a step.
 */
public final class OutputHead {

  /** Elements of the logits that exist at once. */
  private static final long LARGEST_LOGITS = 1L << 24;

  /**
   * The same where they are rounded, which is where a device computes: each stretch reads and
   * writes the whole gradient of the table, and only a large one keeps the device busy.
   */
  private static final long LARGEST_ROUNDED_LOGITS = 1L << 27;

  private static final int FEWEST_ROWS = 64;

  private final Backend backend;
  private final Tensor table;

  /**
   * @param table [V, d]
   */
  public OutputHead(Backend backend, Tensor table) {
    this.backend = backend;
    this.table = table;
  }

  /**
   * @param n [N, d] SRMS(x)
   * @param r [N, 1] its factors
   * @param logits [R, V] of R rows at a time
   */
  public record Activations(Tensor n, Tensor r, Tensor logits) {

    public Activations rows(int count) {
      return new Activations(n.rows(0, count), r.rows(0, count), logits);
    }
  }

  /** Where {@link Activations} will lie. */
  public record Planned(MemoryPlan.Entry n, MemoryPlan.Entry r, MemoryPlan.Entry logits) {

    /**
     * @param logits their type
     */
    public static Planned in(MemoryPlan plan, int rows, int width, int vocab, ElementType logits) {
      return new Planned(
          plan.add("head.n", rows, width),
          plan.add("head.r", ElementType.F32, rows, 1),
          plan.add("head.logits", logits, logitRows(rows, vocab, logits), vocab));
    }

    public Activations in(Storage storage) {
      return new Activations(n.in(storage), r.in(storage), logits.in(storage));
    }
  }

  private static int logitRows(int rows, int vocab, ElementType type) {
    long elements = type == ElementType.F32 ? LARGEST_LOGITS : LARGEST_ROUNDED_LOGITS;
    return (int) Math.min(rows, Math.max(FEWEST_ROWS, elements / vocab));
  }

  /** What is done with a stretch of logits; row 0 of them is row {@code from} of x. */
  @FunctionalInterface
  public interface Stretch {
    void use(Tensor logits, int from);
  }

  /**
   * @param x [N, d] read
   * @param a overwritten
   * @param use gets the logits of all rows, stretch by stretch
   */
  public void forward(Tensor x, Activations a, Stretch use) {
    backend.norm().forward(a.n, a.r, x);
    int rows = Math.toIntExact(x.rows());
    int most = Math.toIntExact(a.logits.rows());
    for (int from = 0; from < rows; from += most) {
      int count = Math.min(most, rows - from);
      Tensor logits = a.logits.rows(0, count);
      backend.matmul().forward(Write.OVERWRITE, logits, a.n.rows(from, from + count), table);
      use.use(logits, from);
    }
  }

  /** {@link #forward} of a few rows that belong to different sequences. */
  public void step(Tensor x, Activations a, Stretch use) {
    int rows = Math.toIntExact(x.rows());
    int most = Math.toIntExact(a.logits.rows());
    for (int from = 0; from < rows; from += most) {
      int count = Math.min(most, rows - from);
      Tensor logits = a.logits.rows(0, count);
      int to = from + count;
      backend
          .decoding()
          .normProduct(logits, a.n.rows(from, to), a.r.rows(from, to), x.rows(from, to), table);
      use.use(logits, from);
    }
  }

  /**
   * Forward and backward in one go: each stretch's logits become their own gradient.
   *
   * @param dx [N, d] overwritten
   * @param x [N, d] read
   * @param a overwritten
   * @param dn [N, d] overwritten
   * @param dTable [V, d] accumulated
   * @param nats N of them, overwritten
   * @param targets N of them
   * @param scale of the objective
   * @param zLoss weight of (log Z)^2 in it
   */
  public void forwardBackward(
      Tensor dx,
      Tensor x,
      Activations a,
      Tensor dn,
      Tensor dTable,
      double[] nats,
      int[] targets,
      double scale,
      double zLoss) {
    forward(
        x,
        a,
        (logits, from) -> {
          long to = from + logits.rows();
          backend.loss().crossEntropyBackward(nats, logits, targets, from, scale, zLoss);
          backend.matmul().backwardWeight(dTable, logits, a.n.rows(from, to));
          backend.matmul().backwardInput(Write.OVERWRITE, dn.rows(from, to), logits, table);
        });
    backend.norm().backward(Write.OVERWRITE, dx, dn, a.n, a.r);
  }
}
