package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.transnormer.model.backend.Attention;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Embedding;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.Matmul;
import org.transnormer.model.backend.Norm;
import org.transnormer.model.backend.Optimizer;
import org.transnormer.model.backend.Pointwise;
import org.transnormer.model.backend.Positions;
import org.transnormer.model.backend.SplitNorm;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Everything on the processor's cores; one caller at a time. */
public final class CpuBackend implements Backend {

  private static final long CLEARED_AT_ONCE = 1L << 18;

  private final WorkerPool pool;
  private final Gemm products;
  private final Map<Object, WorkerPool.Recording> recordings = new WeakHashMap<>();
  private final Set<CpuStorage> storages = ConcurrentHashMap.newKeySet();
  private final Matmul matmul;
  private final Norm norm;
  private final SplitNorm splitNorm;
  private final Attention attention;
  private final Positions positions;
  private final Pointwise pointwise;
  private final Embedding embedding;
  private final Loss loss;
  private final Optimizer optimizer;

  /**
   * @param products of weights
   * @param exact of attention, whose states are floats
   */
  private CpuBackend(WorkerPool pool, Gemm products, Gemm exact) {
    RowTasks tasks = new RowTasks(pool);
    this.pool = pool;
    this.products = products;
    this.matmul = new CpuMatmul(pool, products);
    this.norm = new CpuNorm(tasks);
    this.splitNorm = new CpuSplitNorm(tasks);
    this.attention = new CpuAttention(pool, exact);
    this.positions = new CpuPositions(pool, tasks);
    this.pointwise = new CpuPointwise(tasks);
    this.embedding = new CpuEmbedding(pool, tasks);
    this.loss = new CpuLoss(tasks);
    this.optimizer = new CpuOptimizer(pool);
  }

  /**
   * @param threads that work on one operation, the caller's included
   * @param pinThreads whether each of them is bound to one processor
   */
  public static CpuBackend open(int threads, boolean pinThreads) {
    return open(threads, pinThreads, floats());
  }

  /**
   * A backend whose products with weights are of bfloat16 numbers with sums in float; everything
   * that is kept is in float as ever, and products of a few rows are too.
   *
   * @throws UnsupportedOperationException where the processor has no such products
   */
  public static CpuBackend openBfloat16(int threads, boolean pinThreads) {
    return open(threads, pinThreads, OneDnn.open());
  }

  /** Processors that this process may run on; 0 where that cannot be found out. */
  public static int processors() {
    return Affinity.allowed().length;
  }

  private static CpuBackend open(int threads, boolean pinThreads, Gemm products) {
    return new CpuBackend(new WorkerPool(threads, pinThreads), products, floats());
  }

  private static Gemm floats() {
    return OpenBlas.find().orElseGet(VectorGemm::new);
  }

  /** A backend whose products run in Java even where OpenBLAS is to be had. */
  static CpuBackend withoutOpenBlas(int threads) {
    VectorGemm gemm = new VectorGemm();
    return new CpuBackend(new WorkerPool(threads, false), gemm, gemm);
  }

  @Override
  public boolean multiplies(ElementType weights) {
    return true;
  }

  /**
   * The tasks that the work asked for are kept as long as its name is, and run again as they are.
   */
  @Override
  public void repeatSame(Object name, Runnable work) {
    WorkerPool.Recording recording = recordings.get(name);
    if (recording == null) {
      recordings.put(name, pool.record(work));
    } else {
      pool.run(recording);
    }
  }

  @Override
  public Storage allocate(String name, long bytes) {
    CpuStorage storage = new CpuStorage(name, bytes);
    storages.add(storage);
    return storage;
  }

  @Override
  public void release(Storage storage) {
    if (storage instanceof CpuStorage ours && storages.remove(ours)) {
      pool.quiesce();
      ours.release();
    }
  }

  @Override
  public void write(Tensor target, MemorySegment source) {
    StoredRows rows = StoredRows.of(target);
    long bytes = (long) target.columns() * Float.BYTES;
    if (target.type() == ElementType.F32) {
      for (long n = 0; n < target.rows(); n++) {
        CpuStorage.row(target, n).copyFrom(source.asSlice(n * bytes, bytes));
      }
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment row = arena.allocate(bytes, Float.BYTES);
      for (long n = 0; n < target.rows(); n++) {
        row.copyFrom(source.asSlice(n * bytes, bytes));
        rows.write(n, row.address());
      }
    }
  }

  @Override
  public void read(MemorySegment target, Tensor source) {
    long bytes = (long) source.columns() * Float.BYTES;
    if (source.type() == ElementType.F32) {
      for (long n = 0; n < source.rows(); n++) {
        CpuStorage.copyRow(target, n * bytes, source, n);
      }
      return;
    }
    StoredRows rows = StoredRows.of(source);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment row = arena.allocate(bytes, Float.BYTES);
      for (long n = 0; n < source.rows(); n++) {
        rows.read(row.address(), n);
        target.asSlice(n * bytes, bytes).copyFrom(row);
      }
    }
  }

  @Override
  public MemorySegment view(Tensor source, Arena arena) {
    Shapes.dense("source", source, source.elements());
    address(source);
    return CpuStorage.memory(source).asReadOnly();
  }

  @Override
  public void copy(Tensor target, Tensor source) {
    Shapes.dense("source", source, source.elements());
    Shapes.dense("target", target, source.elements());
    Lanes.copy(address(target), address(source), source.elements());
  }

  @Override
  public void clear(Tensor target) {
    Shapes.dense("target", target, target.elements());
    long at = address(target);
    long blocks = Math.ceilDiv(target.elements(), CLEARED_AT_ONCE);
    pool.run(
        Math.toIntExact(blocks),
        (block, _) -> {
          long from = block * CLEARED_AT_ONCE;
          long count = Math.min(CLEARED_AT_ONCE, target.elements() - from);
          Lanes.fill(at + from * Float.BYTES, count, 0f);
        });
  }

  @Override
  public Matmul matmul() {
    return matmul;
  }

  @Override
  public Norm norm() {
    return norm;
  }

  @Override
  public SplitNorm splitNorm() {
    return splitNorm;
  }

  @Override
  public Attention attention() {
    return attention;
  }

  @Override
  public Positions positions() {
    return positions;
  }

  @Override
  public Pointwise pointwise() {
    return pointwise;
  }

  @Override
  public Embedding embedding() {
    return embedding;
  }

  @Override
  public Loss loss() {
    return loss;
  }

  @Override
  public Optimizer optimizer() {
    return optimizer;
  }

  @Override
  public String describe() {
    return "CPU, %d threads, vectors of %d floats, products by %s"
        .formatted(pool.threads(), Lanes.WIDTH, products.describe());
  }

  @Override
  public void close() {
    pool.close();
    storages.forEach(this::release);
  }
}
