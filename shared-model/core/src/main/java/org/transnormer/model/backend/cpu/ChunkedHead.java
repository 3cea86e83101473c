package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Attention;

/**
 * The chunks of one head of one sequence. With m rows in a chunk, r counting them, S the state
 * before it and R the gradient of the state after it (arXiv 2401.04658; the formulas stand with
 * their derivation in docs):
 *
 * <pre>
 *   O  = ((Q K^T) * M) V + lambda^(r+1) Q S           M_rs = lambda^(r-s) for r >= s, else 0
 *   S <- lambda^m S + (lambda^(m-1-r) K)^T V
 *   dQ = ((dO V^T) * M) K + lambda^(r+1) dO S^T
 *   dK = ((dO V^T) * M)^T Q + lambda^(m-1-r) V R^T
 *   dV = ((Q K^T) * M)^T dO + lambda^(m-1-r) K R
 *   R <- lambda^m R + (lambda^(r+1) Q)^T dO
 * </pre>
 *
 * <p>Where documents begin inside a chunk, M is also 0 between rows of different documents, S
 * reaches only the rows whose document began before the chunk, and only the last document's rows go
 * on into the next S; the gradients likewise.
 */
final class ChunkedHead {

  private final Gemm gemm;
  private final CpuAttention.Sizes sizes;
  private final CpuDecay decay;
  private final int task;
  private final int head;
  private final int chunk;
  private final int @Nullable [] starts;
  private final long scores;
  private final long scoreGradients;
  private final long weighted;

  ChunkedHead(
      Gemm gemm,
      CpuAttention.Sizes sizes,
      CpuDecay decay,
      int @Nullable [] starts,
      int task,
      Scratch scratch) {
    this.gemm = gemm;
    this.sizes = sizes;
    this.decay = decay;
    this.starts = starts;
    this.task = task;
    this.head = task % sizes.heads();
    this.chunk = Math.min(sizes.time(), decay.chunk());
    long square = (long) chunk * chunk;
    long base = scratch.floats(2 * square + (long) chunk * sizes.keyWidth());
    this.scores = base;
    this.scoreGradients = base + square * Float.BYTES;
    this.weighted = base + 2 * square * Float.BYTES;
  }

  /**
   * @param o its rows, as those of q, k and v, are of all heads of all sequences
   * @param state of all heads of all sequences
   * @param saved states before each chunk of all heads of all sequences; 0 saves nothing
   */
  void forward(Rows o, long state, long saved, Rows q, Rows k, Rows v) {
    int ek = sizes.keyWidth();
    int ev = sizes.valueWidth();
    long s = state + task * sizes.headState() * Float.BYTES;
    for (int c = 0; c < sizes.chunks(); c++) {
      int m = rows(c);
      long oc = at(o, c, ev);
      long qc = at(q, c, ek);
      long kc = at(k, c, ek);
      long vc = at(v, c, ev);
      if (saved != 0) {
        Lanes.copy(saved(saved, c), s, sizes.headState());
      }
      int open = open(c, m);
      int last = last(c, m);
      maskedProduct(scores, c, m, ek, qc, q.stride(), kc, k.stride());
      boolean stateCounts = open > 0 && (c > 0 || !isZero(s, sizes.headState()));
      if (stateCounts) {
        gemm.multiply(false, false, open, ev, ek, qc, q.stride(), s, ev, 0, oc, o.stride());
        scaleRows(oc, o.stride(), oc, o.stride(), open, ev, decay.rising(head) + Float.BYTES);
        clearRows(oc, o.stride(), open, m, ev);
      }
      gemm.multiply(
          false,
          false,
          m,
          ev,
          m,
          scores,
          chunk,
          vc,
          v.stride(),
          stateCounts ? 1 : 0,
          oc,
          o.stride());
      long lastKeys = row(kc, k.stride(), last);
      long lastValues = row(vc, v.stride(), last);
      scaleRows(weighted, ek, lastKeys, k.stride(), m - last, ek, decay.falling(head, m - last));
      float keep = open == m ? power(m) : 0;
      gemm.multiply(
          true, false, ek, ev, m - last, weighted, ek, lastValues, v.stride(), keep, s, ev);
    }
  }

  /**
   * @param dState of all heads of all sequences
   */
  void backward(
      Rows dq, Rows dk, Rows dv, long dState, Rows dO, Rows q, Rows k, Rows v, long saved) {
    int ek = sizes.keyWidth();
    int ev = sizes.valueWidth();
    long r = dState + task * sizes.headState() * Float.BYTES;
    for (int c = sizes.chunks() - 1; c >= 0; c--) {
      int m = rows(c);
      long qc = at(q, c, ek);
      long kc = at(k, c, ek);
      long vc = at(v, c, ev);
      long doc = at(dO, c, ev);
      int open = open(c, m);
      int last = last(c, m);
      maskedProduct(scores, c, m, ek, qc, q.stride(), kc, k.stride());
      maskedProduct(scoreGradients, c, m, ev, doc, dO.stride(), vc, v.stride());
      queryGradient(
          at(dq, c, ek), dq.stride(), doc, dO.stride(), saved(saved, c), kc, k, m, open, c);
      boolean futureCounts = c < sizes.chunks() - 1 || !isZero(r, sizes.headState());
      long dkc = at(dk, c, ek);
      long dvc = at(dv, c, ev);
      if (futureCounts) {
        long falling = decay.falling(head, m - last);
        long dkl = row(dkc, dk.stride(), last);
        long dvl = row(dvc, dv.stride(), last);
        long kl = row(kc, k.stride(), last);
        long vl = row(vc, v.stride(), last);
        int rows = m - last;
        gemm.multiply(false, true, rows, ek, ev, vl, v.stride(), r, ev, 0, dkl, dk.stride());
        scaleRows(dkl, dk.stride(), dkl, dk.stride(), rows, ek, falling);
        clearRows(dkc, dk.stride(), 0, last, ek);
        gemm.multiply(false, false, rows, ev, ek, kl, k.stride(), r, ev, 0, dvl, dv.stride());
        scaleRows(dvl, dv.stride(), dvl, dv.stride(), rows, ev, falling);
        clearRows(dvc, dv.stride(), 0, last, ev);
      }
      float beta = futureCounts ? 1 : 0;
      gemm.multiply(
          true, false, m, ek, m, scoreGradients, chunk, qc, q.stride(), beta, dkc, dk.stride());
      gemm.multiply(true, false, m, ev, m, scores, chunk, doc, dO.stride(), beta, dvc, dv.stride());
      if (open == 0) {
        Lanes.fill(r, sizes.headState(), 0f);
      } else {
        scaleRows(weighted, ek, qc, q.stride(), open, ek, decay.rising(head) + Float.BYTES);
        float keep = open == m ? power(m) : 0;
        gemm.multiply(true, false, ek, ev, open, weighted, ek, doc, dO.stride(), keep, r, ev);
      }
    }
  }

  private void queryGradient(
      long dq,
      int dqStride,
      long dO,
      int dOStride,
      long s,
      long kc,
      Rows k,
      int m,
      int open,
      int c) {
    int ek = sizes.keyWidth();
    int ev = sizes.valueWidth();
    boolean stateCounts = open > 0 && (c > 0 || !isZero(s, sizes.headState()));
    if (stateCounts) {
      gemm.multiply(false, true, open, ek, ev, dO, dOStride, s, ev, 0, dq, dqStride);
      scaleRows(dq, dqStride, dq, dqStride, open, ek, decay.rising(head) + Float.BYTES);
      clearRows(dq, dqStride, open, m, ek);
    }
    gemm.multiply(
        false,
        false,
        m,
        ek,
        m,
        scoreGradients,
        chunk,
        kc,
        k.stride(),
        stateCounts ? 1 : 0,
        dq,
        dqStride);
  }

  /** target = (a b^T) * M */
  private void maskedProduct(
      long target, int c, int m, int width, long a, int aStride, long b, int bStride) {
    gemm.multiply(false, true, m, m, width, a, aStride, b, bStride, 0, target, chunk);
    for (int row = 0; row < m; row++) {
      long scoresOfRow = target + (long) row * chunk * Float.BYTES;
      multiply(scoresOfRow, decay.mask(head, row), m);
      if (starts != null) {
        Lanes.fill(scoresOfRow, Math.max(0, start(c, row)), 0f);
      }
    }
  }

  /** Row of a chunk at which a row's document begins; negative if it began before the chunk. */
  private int start(int c, int row) {
    if (starts == null) {
      return Attention.CONTINUES;
    }
    int first = c * chunk;
    return starts[task / sizes.heads() * sizes.time() + first + row] - first;
  }

  /** Rows at a chunk's beginning whose document began before it. */
  private int open(int c, int m) {
    if (starts == null) {
      return m;
    }
    int open = 0;
    while (open < m && start(c, open) < 0) {
      open++;
    }
    return open;
  }

  /** Row at which a chunk's last document begins. */
  private int last(int c, int m) {
    return Math.max(0, start(c, m - 1));
  }

  private static long row(long address, int stride, int row) {
    return address + (long) row * stride * Float.BYTES;
  }

  private static void clearRows(long address, int stride, int from, int to, int columns) {
    for (int row = from; row < to; row++) {
      Lanes.fill(row(address, stride, row), columns, 0f);
    }
  }

  private int rows(int c) {
    return Math.min(chunk, sizes.time() - c * chunk);
  }

  private float power(int m) {
    return Lanes.get(decay.rising(head) + (long) m * Float.BYTES);
  }

  private long at(Rows rows, int c, int width) {
    long row = (long) (task / sizes.heads()) * sizes.time() + (long) c * chunk;
    return rows.at(row) + (long) head * width * Float.BYTES;
  }

  private long saved(long saved, int c) {
    return saved + ((long) task * sizes.chunks() + c) * sizes.headState() * Float.BYTES;
  }

  private static boolean isZero(long address, long floats) {
    for (long i = 0; i < floats; i++) {
      if (Lanes.get(address + i * Float.BYTES) != 0f) {
        return false;
      }
    }
    return true;
  }

  private static void multiply(long row, long factors, int columns) {
    int j = 0;
    for (; j <= columns - WIDTH; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      Lanes.store(row + at, Lanes.load(row + at).mul(Lanes.load(factors + at)));
    }
    if (j < columns) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, columns);
      Lanes.store(row + at, Lanes.load(row + at, rest).mul(Lanes.load(factors + at, rest)), rest);
    }
  }

  /** Row r of the target is factors[r] times row r of the source. */
  private static void scaleRows(
      long target,
      int targetStride,
      long source,
      int sourceStride,
      int m,
      int columns,
      long factors) {
    for (int row = 0; row < m; row++) {
      FloatVector factor = Lanes.broadcast(Lanes.get(factors + (long) row * Float.BYTES));
      long to = target + (long) row * targetStride * Float.BYTES;
      long from = source + (long) row * sourceStride * Float.BYTES;
      int j = 0;
      for (; j <= columns - WIDTH; j += WIDTH) {
        long at = (long) j * Float.BYTES;
        Lanes.store(to + at, Lanes.load(from + at).mul(factor));
      }
      if (j < columns) {
        long at = (long) j * Float.BYTES;
        VectorMask<Float> rest = Lanes.rest(j, columns);
        Lanes.store(to + at, Lanes.load(from + at, rest).mul(factor), rest);
      }
    }
  }
}
