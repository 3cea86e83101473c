package org.transnormer.model.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.transnormer.model.backend.Attention;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.ComposedDecoding;
import org.transnormer.model.backend.Decoding;
import org.transnormer.model.backend.Embedding;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.Matmul;
import org.transnormer.model.backend.Norm;
import org.transnormer.model.backend.Optimizer;
import org.transnormer.model.backend.Pointwise;
import org.transnormer.model.backend.Positions;
import org.transnormer.model.backend.SplitNorm;
import org.transnormer.model.backend.TokenChoice;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * Everything on one GPU, in one stream; one caller at a time. Nothing is added with atomics, and
 * sums run in orders that do not depend on the card's size, so that equal arguments give equal
 * bits.
 */
public final class CudaBackend implements Backend {

  /** Rows from one kept state of attention to the next: fewer would cost bandwidth. */
  private static final int ROWS_OF_A_STATE = 512;

  /** Elements that a transfer converts at a time. */
  private static final long CONVERTED_AT_ONCE = 1L << 24;

  /** Columns that a dense stretch is converted in. */
  private static final int FLAT = 4096;

  private final Launcher launcher;
  private final Kernels kernels;
  private final ElementType compute;
  private final Set<CudaStorage> storages = ConcurrentHashMap.newKeySet();
  private final CudaMatmul matmul;
  private final CudaNorm norm;
  private final CudaSplitNorm splitNorm;
  private final CudaAttention attention;
  private final CudaDecoding decoding;
  private final CudaPositions positions;
  private final CudaPointwise pointwise;
  private final CudaEmbedding embedding;
  private final CudaLoss loss;
  private final CudaOptimizer optimizer;
  private final CudaTokenChoice tokenChoice;

  /**
   * @param launcher taken over: closed with the backend
   */
  CudaBackend(Launcher launcher, ElementType compute) {
    this(launcher, compute, ROWS_OF_A_STATE);
  }

  CudaBackend(Launcher launcher, ElementType compute, int rowsOfAState) {
    Kernels.require(compute != ElementType.I8, "a backend computes in floats or bfloat16");
    this.launcher = launcher;
    this.compute = compute;
    this.kernels = new Kernels(launcher);
    this.matmul = new CudaMatmul(kernels);
    this.norm = new CudaNorm(kernels);
    this.splitNorm = new CudaSplitNorm(kernels);
    this.attention = new CudaAttention(kernels, rowsOfAState);
    this.decoding = new CudaDecoding(kernels, attention, new ComposedDecoding(this));
    this.positions = new CudaPositions(kernels);
    this.pointwise = new CudaPointwise(kernels);
    this.embedding = new CudaEmbedding(kernels);
    this.loss = new CudaLoss(kernels);
    this.optimizer = new CudaOptimizer(kernels);
    this.tokenChoice = new CudaTokenChoice(kernels);
  }

  Launcher launcher() {
    return launcher;
  }

  @Override
  public ElementType compute() {
    return compute;
  }

  @Override
  public Storage allocate(String name, long bytes) {
    long size = Math.ceilDiv(Math.max(1, bytes), MemoryPlan.ALIGNMENT) * MemoryPlan.ALIGNMENT;
    CudaStorage storage = new CudaStorage(name, bytes, launcher.allocate(size));
    storages.add(storage);
    return storage;
  }

  @Override
  public void release(Storage storage) {
    if (storage instanceof CudaStorage ours && storages.remove(ours)) {
      launcher.synchronize();
      ours.release();
      launcher.free(ours.address());
    }
  }

  /** Bytes of all storages and of what operations work in. */
  public long bytesTaken() {
    return storages.stream().mapToLong(CudaStorage::bytes).sum() + kernels.scratchBytes();
  }

  @Override
  public void write(Tensor target, MemorySegment source) {
    long row = (long) target.columns() * Float.BYTES;
    for (Part part : parts(target)) {
      MemorySegment floats = source.asSlice(part.first * row, part.rows.rows() * row);
      if (target.type() == ElementType.F32 && target.dense()) {
        launcher.write(CudaStorage.address(part.rows), floats);
      } else {
        long staging = kernels.scratch("transfer", floats.byteSize());
        launcher.write(staging, floats);
        convert("convert_%s_f32".formatted(CudaStorage.suffix(target)), part.rows, staging, true);
      }
    }
  }

  @Override
  public void read(MemorySegment target, Tensor source) {
    long row = (long) source.columns() * Float.BYTES;
    for (Part part : parts(source)) {
      MemorySegment floats = target.asSlice(part.first * row, part.rows.rows() * row);
      if (source.type() == ElementType.F32 && source.dense()) {
        launcher.read(floats, CudaStorage.address(part.rows));
      } else {
        long staging = kernels.scratch("transfer", floats.byteSize());
        convert("convert_f32_" + CudaStorage.suffix(source), part.rows, staging, false);
        launcher.read(floats, staging);
      }
    }
  }

  /** Rows of a tensor that are transferred together. */
  private record Part(Tensor rows, long first) {}

  private static Iterable<Part> parts(Tensor x) {
    long most = Math.max(1, CONVERTED_AT_ONCE / Math.max(1, x.columns()));
    return () ->
        LongStream.iterate(0, first -> first < x.rows(), first -> first + most)
            .mapToObj(first -> new Part(x.rows(first, Math.min(x.rows(), first + most)), first))
            .iterator();
  }

  /** Between rows of a tensor and floats without gaps. */
  private void convert(String kernel, Tensor rows, long floats, boolean intoTensor) {
    long address = CudaStorage.address(rows);
    kernels
        .arguments()
        .add(intoTensor ? address : floats)
        .add((long) (intoTensor ? rows.rowStride() : rows.columns()))
        .add(intoTensor ? floats : address)
        .add((long) (intoTensor ? rows.columns() : rows.rowStride()))
        .add(rows.columns())
        .add((long) rows.columns());
    kernels.launchRows(kernel, rows.rows(), rows.columns());
  }

  @Override
  public MemorySegment view(Tensor source, Arena arena) {
    Shapes.dense("source", source, source.elements());
    MemorySegment copy = arena.allocate(source.elements() * Float.BYTES, Float.BYTES);
    read(copy, source);
    return copy.asReadOnly();
  }

  @Override
  public void copy(Tensor target, Tensor source) {
    Shapes.dense("source", source, source.elements());
    Shapes.dense("target", target, source.elements());
    long to = CudaStorage.address(target);
    long from = CudaStorage.address(source);
    long elements = source.elements();
    if (target.type() == source.type()) {
      launcher.copy(to, from, elements * source.type().bytes());
      return;
    }
    long rows = Math.ceilDiv(elements, FLAT);
    kernels
        .arguments()
        .add(to)
        .add((long) FLAT)
        .add(from)
        .add((long) FLAT)
        .add(FLAT)
        .add(elements - (rows - 1) * FLAT);
    String kernel = "convert_" + CudaStorage.suffix(target) + "_" + CudaStorage.suffix(source);
    kernels.launchRows(kernel, rows, FLAT);
  }

  @Override
  public void clear(Tensor target) {
    Shapes.dense("target", target, target.elements());
    launcher.clear(CudaStorage.address(target), target.elements() * target.type().bytes());
  }

  @Override
  public void repeat(Object name, Runnable work) {
    launcher.repeat(name, work);
  }

  @Override
  public void finish() {
    loss.collect();
    tokenChoice.collect();
    launcher.synchronize();
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
  public Decoding decoding() {
    return decoding;
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
  public Optional<TokenChoice> tokenChoice() {
    return Optional.of(tokenChoice);
  }

  @Override
  public OptionalLong memoryLeft() {
    return launcher.bytesLeft();
  }

  @Override
  public String describe() {
    return "%s, computing in %s, products by %s"
        .formatted(launcher.describe(), compute, launcher.products().describe());
  }

  @Override
  public void close() {
    storages.forEach(this::release);
    kernels.release();
    launcher.close();
  }
}
