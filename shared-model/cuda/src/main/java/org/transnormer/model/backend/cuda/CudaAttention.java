package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Attention;
import org.transnormer.model.backend.cuda.AttentionRun.States;
import org.transnormer.model.backend.cuda.Launcher.Grid;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * Lightning Attention; attention_bf16.cuh on tensor cores, attention_f32.cu in fp32. The rows of a
 * sequence are one segment where there are enough sequences and heads to fill the card; otherwise
 * each stretch between two kept states is one, and their states are chained between two passes.
 */
final class CudaAttention implements Attention {

  /** Columns of a head's state that a block has, for few sequences and for many. */
  private static final int FEW_COLUMNS = 32;

  private static final int MANY_COLUMNS = 64;
  private static final int THREADS_PER_COLUMN = 8;
  private static final int WIDEST = 256;
  private static final int FORWARD_PASSES = 1;
  private static final int BACKWARD_PASSES = 3;

  private final Kernels kernels;
  private final int every;

  /**
   * @param every rows from one kept state to the next, a multiple of the kernels' chunk
   */
  CudaAttention(Kernels kernels, int every) {
    this.kernels = kernels;
    this.every = every;
  }

  /** Rates on the device, for as long as the backend lives. */
  private record Rates(long address, int heads) implements Decay {}

  @Override
  public Decay decay(double[] rates) {
    float[] rounded = new float[rates.length];
    for (int h = 0; h < rates.length; h++) {
      rounded[h] = (float) rates[h];
    }
    long address = kernels.keep(MemorySegment.ofArray(rounded));
    return new Rates(address, rates.length);
  }

  @Override
  public int chunk() {
    return every;
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
    forward(o, state, null, q, k, v, decay, starts, batch);
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
    forward(o, state, saved, q, k, v, decay, starts, batch);
  }

  private void forward(
      Tensor o,
      Tensor state,
      @Nullable Tensor saved,
      Tensor q,
      Tensor k,
      Tensor v,
      Decay decay,
      int @Nullable [] starts,
      int batch) {
    AttentionRun run = run(q, k, v, decay, starts, batch, FORWARD_PASSES);
    Shapes.matrix("o", o, v.rows(), v.columns());
    requireStates("state", state, run.states());
    if (saved != null) {
      requireStates("saved", saved, run.states() * run.count());
    }
    long states = saved == null ? 0 : CudaStorage.address(saved);
    long at = CudaStorage.address(state);
    if (run.segments() == 1) {
      run.run(
          "", o, q, k, v, new States(at, run.stateElements(), run.segment(), at, states), false);
      return;
    }
    if (saved == null) {
      states = kernels.scratch("states", run.states() * run.count() * Float.BYTES);
    }
    run.addedStates("states_", k, v, states);
    run.scan("attention_scan", states, at);
    run.run("", o, q, k, v, run.each(states), false);
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
    AttentionRun run = run(q, k, v, decay, starts, batch, BACKWARD_PASSES);
    Shapes.matrix("dq", dq, q.rows(), q.columns());
    Shapes.matrix("dk", dk, k.rows(), k.columns());
    Shapes.matrix("dv", dv, v.rows(), v.columns());
    Shapes.matrix("dO", dO, v.rows(), v.columns());
    requireStates("dState", dState, run.states());
    requireStates("saved", saved, run.states() * run.count());
    long before = CudaStorage.address(saved);
    long at = CudaStorage.address(dState);
    if (run.segments() == 1) {
      run.run("", dq, dO, v, k, run.each(before).every(run.segment()), true);
      long n = run.stateElements();
      run.run("reverse_", dk, v, dO, q, new States(at, n, run.segment(), 0, 0), true);
      run.run("reverse_", dv, k, q, dO, new States(at, n, run.segment(), at, 0), false);
      return;
    }
    long work = kernels.scratch("states", run.states() * run.count() * Float.BYTES);
    run.addedStates("states_reverse_", q, dO, work);
    run.scan("attention_scan_reverse", work, at);
    run.run("", dq, dO, v, k, run.each(before), true);
    run.run("reverse_", dk, v, dO, q, run.each(work), true);
    run.run("reverse_", dv, k, q, dO, run.each(work), false);
  }

  @Override
  public void step(Tensor o, List<Tensor> states, Tensor q, Tensor k, Tensor v, Decay decay) {
    Shape shape = prepareStep(o, states, q, k, v, decay, Activation.IDENTITY, false);
    kernels.launch(shape.kernel, shape.grid, shape.threads);
  }

  /**
   * A step on what an activation makes of q and k, and of v; in a chain, since it follows a product
   * and states are written nowhere else there.
   */
  void step(
      Tensor o,
      List<Tensor> states,
      Tensor q,
      Tensor k,
      Tensor v,
      Decay decay,
      Activation activation,
      boolean activeValues) {
    Shape shape = prepareStep(o, states, q, k, v, decay, activation, activeValues);
    kernels.launchChained(shape.kernel, shape.grid, shape.threads, 0);
  }

  private record Shape(String kernel, Grid grid, int threads) {}

  private Shape prepareStep(
      Tensor o,
      List<Tensor> states,
      Tensor q,
      Tensor k,
      Tensor v,
      Decay decay,
      Activation activation,
      boolean activeValues) {
    AttentionRun run = run(q, k, v, decay, null, states.size(), FORWARD_PASSES);
    Kernels.require(run.time() == 1, "as many rows as states");
    Shapes.matrix("o", o, v.rows(), v.columns());
    long[] addresses = new long[states.size()];
    for (int i = 0; i < addresses.length; i++) {
      requireStates("state", states.get(i), run.heads() * run.stateElements());
      addresses[i] = CudaStorage.address(states.get(i));
    }
    long at = kernels.longs(addresses);
    kernels
        .arguments()
        .matrix(o)
        .add(at)
        .matrix(q)
        .matrix(k)
        .matrix(v)
        .add(run.rates())
        .add(run.heads())
        .add(run.keyWidth())
        .add(run.valueWidth())
        .add(activation.ordinal())
        .add(activeValues);
    long tasks = (long) addresses.length * run.heads();
    int columns = tasks < 2L * kernels.launcher().processors() ? FEW_COLUMNS : MANY_COLUMNS;
    return new Shape(
        "attention_step_" + CudaStorage.suffix(o, q, k, v) + "_" + columns,
        Grid.of(tasks, Math.ceilDiv(run.valueWidth(), columns)),
        THREADS_PER_COLUMN * columns);
  }

  private AttentionRun run(
      Tensor q, Tensor k, Tensor v, Decay decay, int @Nullable [] starts, int batch, int passes) {
    Rates rates = (Rates) decay;
    int heads = rates.heads;
    Kernels.require(
        q.rows() == k.rows() && q.rows() == v.rows() && batch > 0 && q.rows() % batch == 0,
        "q, k, v of %d, %d, %d rows for %d sequences",
        q.rows(),
        k.rows(),
        v.rows(),
        batch);
    Kernels.require(
        q.columns() == k.columns() && q.columns() % heads == 0 && v.columns() % heads == 0,
        "q, k, v of %d, %d, %d columns for %d heads",
        q.columns(),
        k.columns(),
        v.columns(),
        heads);
    int keyWidth = q.columns() / heads;
    int valueWidth = v.columns() / heads;
    Kernels.require(
        keyWidth <= WIDEST && valueWidth <= WIDEST,
        "heads are at most %d wide here, not %d and %d",
        WIDEST,
        keyWidth,
        valueWidth);
    int time = Math.toIntExact(q.rows() / batch);
    long startsAt = 0;
    if (starts != null) {
      requireStarts(starts, batch, time);
      startsAt = kernels.ints(starts, 0, starts.length);
    }
    return new AttentionRun(
        kernels,
        CudaStorage.suffix(q, k, v),
        batch,
        time,
        heads,
        keyWidth,
        valueWidth,
        every,
        passes,
        rates.address,
        startsAt);
  }

  private static void requireStarts(int[] starts, int batch, int time) {
    Kernels.require(starts.length == batch * time, "a document start for every row");
    for (int n = 0; n < starts.length; n++) {
      int t = n % time;
      boolean same = t == 0 ? starts[n] <= 0 : starts[n] == starts[n - 1];
      if (starts[n] < CONTINUES || !same && starts[n] != t) {
        throw new IllegalArgumentException(
            "document start %d of position %d".formatted(starts[n], t));
      }
    }
  }

  private static void requireStates(String name, Tensor states, long elements) {
    Shapes.dense(name, states, elements);
    CudaStorage.require(states, ElementType.F32);
  }
}
