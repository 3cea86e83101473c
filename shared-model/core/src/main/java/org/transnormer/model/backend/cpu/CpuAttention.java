package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Attention;
import org.transnormer.model.tensor.Tensor;

/** Lightning Attention, one task per sequence and head; its products go through {@link Gemm}. */
final class CpuAttention implements Attention {

  /** Rows of a chunk; the cost per row grows with it, the cost of a product's start falls. */
  private static final int CHUNK = 64;

  private final WorkerPool pool;
  private final Gemm gemm;
  private final Scratch[] scratch;
  private final int chunk;

  CpuAttention(WorkerPool pool, Gemm gemm) {
    this(pool, gemm, CHUNK);
  }

  /** With chunks of another size, to show that results do not depend on it. */
  CpuAttention(WorkerPool pool, Gemm gemm, int chunk) {
    this.chunk = chunk;
    this.pool = pool;
    this.gemm = gemm;
    this.scratch = Scratch.perWorker(pool);
  }

  @Override
  public Decay decay(double[] rates) {
    return new CpuDecay(rates, chunk);
  }

  @Override
  public int chunk() {
    return chunk;
  }

  @Override
  public void forward(
      Tensor o,
      Tensor state,
      Tensor q,
      Tensor k,
      Tensor v,
      Decay decay,
      int @Nullable [] starts,
      int batch) {
    Sizes sizes = Sizes.of(q, k, v, decay, batch, chunk);
    requireStarts(starts, sizes);
    Shapes.matrix("o", o, v.rows(), v.columns());
    Shapes.dense("state", state, sizes.stateElements());
    address(state);
    pool.run(
        sizes.tasks(),
        (task, worker) -> {
          ChunkedHead head = head(sizes, decay, starts, task, worker);
          head.forward(Rows.of(o), address(state), 0, Rows.of(q), Rows.of(k), Rows.of(v));
        });
  }

  @Override
  public void forwardSaving(
      Tensor o,
      Tensor state,
      Tensor saved,
      Tensor q,
      Tensor k,
      Tensor v,
      Decay decay,
      int @Nullable [] starts,
      int batch) {
    Sizes sizes = Sizes.of(q, k, v, decay, batch, chunk);
    requireStarts(starts, sizes);
    Shapes.matrix("o", o, v.rows(), v.columns());
    Shapes.dense("state", state, sizes.stateElements());
    Shapes.dense("saved", saved, sizes.stateElements() * sizes.chunks());
    pool.run(
        sizes.tasks(),
        (task, worker) -> {
          ChunkedHead head = head(sizes, decay, starts, task, worker);
          head.forward(
              Rows.of(o), address(state), address(saved), Rows.of(q), Rows.of(k), Rows.of(v));
        });
  }

  @Override
  public void backward(
      Tensor dq,
      Tensor dk,
      Tensor dv,
      Tensor dState,
      Tensor dO,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor saved,
      Decay decay,
      int @Nullable [] starts,
      int batch) {
    Sizes sizes = Sizes.of(q, k, v, decay, batch, chunk);
    requireStarts(starts, sizes);
    Shapes.matrix("dq", dq, q.rows(), q.columns());
    Shapes.matrix("dk", dk, k.rows(), k.columns());
    Shapes.matrix("dv", dv, v.rows(), v.columns());
    Shapes.matrix("dO", dO, v.rows(), v.columns());
    Shapes.dense("dState", dState, sizes.stateElements());
    Shapes.dense("saved", saved, sizes.stateElements() * sizes.chunks());
    pool.run(
        sizes.tasks(),
        (task, worker) -> {
          ChunkedHead head = head(sizes, decay, starts, task, worker);
          head.backward(
              Rows.of(dq),
              Rows.of(dk),
              Rows.of(dv),
              address(dState),
              Rows.of(dO),
              Rows.of(q),
              Rows.of(k),
              Rows.of(v),
              address(saved));
        });
  }

  @Override
  public void step(Tensor o, List<Tensor> states, Tensor q, Tensor k, Tensor v, Decay decay) {
    int heads = decay.heads();
    Sizes sizes = Sizes.of(q, k, v, decay, states.size(), chunk);
    Shapes.require(sizes.time() == 1, "as many rows as states");
    Shapes.matrix("o", o, v.rows(), v.columns());
    for (Tensor state : states) {
      Shapes.dense("state", state, (long) heads * sizes.keyWidth() * sizes.valueWidth());
    }
    Rows os = Rows.of(o);
    Rows qs = Rows.of(q);
    Rows ks = Rows.of(k);
    Rows vs = Rows.of(v);
    CpuDecay decays = (CpuDecay) decay;
    pool.run(
        sizes.tasks(),
        (task, _) -> {
          int row = task / heads;
          int h = task % heads;
          long key = (long) h * sizes.keyWidth();
          long value = (long) h * sizes.valueWidth();
          Recurrence.step(
              os.at(row, value),
              address(states.get(row)) + key * sizes.valueWidth() * Float.BYTES,
              qs.at(row, key),
              ks.at(row, key),
              vs.at(row, value),
              decays.forget(h),
              sizes.keyWidth(),
              sizes.valueWidth());
        });
  }

  private ChunkedHead head(
      Sizes sizes, Decay decay, int @Nullable [] starts, int task, int worker) {
    return new ChunkedHead(gemm, sizes, (CpuDecay) decay, starts, task, scratch[worker]);
  }

  private static void requireStarts(int @Nullable [] starts, Sizes sizes) {
    if (starts == null) {
      return;
    }
    int time = sizes.time();
    Shapes.require(starts.length == sizes.batch() * time, "a document start for every row");
    for (int n = 0; n < starts.length; n++) {
      int t = n % time;
      boolean same = t == 0 ? starts[n] <= 0 : starts[n] == starts[n - 1];
      Shapes.require(
          starts[n] >= CONTINUES && (same || starts[n] == t),
          "document start %d of position %d".formatted(starts[n], t));
    }
  }

  /** What the shapes of q, k and v say. */
  record Sizes(int batch, int time, int heads, int keyWidth, int valueWidth, int chunk) {

    static Sizes of(Tensor q, Tensor k, Tensor v, Decay decay, int batch, int chunk) {
      int heads = decay.heads();
      Shapes.require(
          q.rows() == k.rows() && q.rows() == v.rows() && batch > 0 && q.rows() % batch == 0,
          "q, k, v of %d, %d, %d rows for %d sequences"
              .formatted(q.rows(), k.rows(), v.rows(), batch));
      Shapes.require(
          q.columns() == k.columns() && q.columns() % heads == 0 && v.columns() % heads == 0,
          "q, k, v of %d, %d, %d columns for %d heads"
              .formatted(q.columns(), k.columns(), v.columns(), heads));
      int time = Math.toIntExact(q.rows() / batch);
      return new Sizes(batch, time, heads, q.columns() / heads, v.columns() / heads, chunk);
    }

    int tasks() {
      return batch * heads;
    }

    int chunks() {
      return Math.ceilDiv(time, chunk);
    }

    long headState() {
      return (long) keyWidth * valueWidth;
    }

    long stateElements() {
      return tasks() * headState();
    }
  }
}
