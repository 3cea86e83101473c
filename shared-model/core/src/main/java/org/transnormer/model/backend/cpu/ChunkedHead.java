package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
 */
final class ChunkedHead {

  /** Rows of all heads of all sequences: the first row's address and the distance in floats. */
  record Rows(long address, int stride) {}

  private final Gemm gemm;
  private final CpuAttention.Sizes sizes;
  private final CpuDecay decay;
  private final int task;
  private final int head;
  private final int chunk;
  private final long scores;
  private final long scoreGradients;
  private final long weighted;

  ChunkedHead(Gemm gemm, CpuAttention.Sizes sizes, CpuDecay decay, int task, Scratch scratch) {
    this.gemm = gemm;
    this.sizes = sizes;
    this.decay = decay;
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
      maskedProduct(scores, m, ek, qc, q.stride(), kc, k.stride());
      boolean stateCounts = c > 0 || !isZero(s, sizes.headState());
      if (stateCounts) {
        gemm.multiply(false, false, m, ev, ek, qc, q.stride(), s, ev, 0, oc, o.stride());
        scaleRows(oc, o.stride(), oc, o.stride(), m, ev, decay.rising(head) + Float.BYTES);
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
      scaleRows(weighted, ek, kc, k.stride(), m, ek, decay.falling(head, m));
      gemm.multiply(true, false, ek, ev, m, weighted, ek, vc, v.stride(), power(m), s, ev);
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
      maskedProduct(scores, m, ek, qc, q.stride(), kc, k.stride());
      maskedProduct(scoreGradients, m, ev, doc, dO.stride(), vc, v.stride());
      queryGradient(at(dq, c, ek), dq.stride(), doc, dO.stride(), saved(saved, c), kc, k, m, c);
      boolean futureCounts = c < sizes.chunks() - 1 || !isZero(r, sizes.headState());
      long dkc = at(dk, c, ek);
      long dvc = at(dv, c, ev);
      long falling = decay.falling(head, m);
      if (futureCounts) {
        gemm.multiply(false, true, m, ek, ev, vc, v.stride(), r, ev, 0, dkc, dk.stride());
        scaleRows(dkc, dk.stride(), dkc, dk.stride(), m, ek, falling);
        gemm.multiply(false, false, m, ev, ek, kc, k.stride(), r, ev, 0, dvc, dv.stride());
        scaleRows(dvc, dv.stride(), dvc, dv.stride(), m, ev, falling);
      }
      float beta = futureCounts ? 1 : 0;
      gemm.multiply(
          true, false, m, ek, m, scoreGradients, chunk, qc, q.stride(), beta, dkc, dk.stride());
      gemm.multiply(true, false, m, ev, m, scores, chunk, doc, dO.stride(), beta, dvc, dv.stride());
      scaleRows(weighted, ek, qc, q.stride(), m, ek, decay.rising(head) + Float.BYTES);
      gemm.multiply(true, false, ek, ev, m, weighted, ek, doc, dO.stride(), power(m), r, ev);
    }
  }

  private void queryGradient(
      long dq, int dqStride, long dO, int dOStride, long s, long kc, Rows k, int m, int c) {
    int ek = sizes.keyWidth();
    int ev = sizes.valueWidth();
    boolean stateCounts = c > 0 || !isZero(s, sizes.headState());
    if (stateCounts) {
      gemm.multiply(false, true, m, ek, ev, dO, dOStride, s, ev, 0, dq, dqStride);
      scaleRows(dq, dqStride, dq, dqStride, m, ek, decay.rising(head) + Float.BYTES);
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

  /** scores = (a b^T) * M */
  private void maskedProduct(
      long target, int m, int width, long a, int aStride, long b, int bStride) {
    gemm.multiply(false, true, m, m, width, a, aStride, b, bStride, 0, target, chunk);
    for (int row = 0; row < m; row++) {
      multiply(target + (long) row * chunk * Float.BYTES, decay.mask(head, row), m);
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
    return rows.address() + (row * rows.stride() + (long) head * width) * Float.BYTES;
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
