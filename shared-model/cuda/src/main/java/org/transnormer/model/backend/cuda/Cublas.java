package org.transnormer.model.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.transnormer.model.tensor.Tensor;

/**
 * cuBLAS, version 13 or 12, found at run time. Its workspace is fixed and its sums are kept in
 * fp32, so that two runs on one card are equal bit for bit (cuBLAS documentation, "Results
 * reproducibility").
 */
final class Cublas implements Products, AutoCloseable {

  private static final List<String> NAMES = List.of("libcublas.so.13", "libcublas.so.12");
  private static final List<String> COMPANIONS = List.of("libcublasLt.so.13", "libcublasLt.so.12");

  private static final long WORKSPACE_BYTES = 64L << 20;

  /** CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION. */
  private static final int EXACT_REDUCTION = 16;

  private static final int NOT_TRANSPOSED = 0;
  private static final int TRANSPOSED = 1;
  private static final int COMPUTE_32F = 68;
  private static final int DEFAULT_ALGORITHM = -1;

  private final DriverLauncher launcher;
  private final Arena arena = Arena.ofShared();
  private final MethodHandle gemm;
  private final MethodHandle destroy;
  private final long handle;
  private final long workspace;
  private final int version;
  private final MemorySegment zero = arena.allocateFrom(JAVA_FLOAT, 0f);
  private final MemorySegment one = arena.allocateFrom(JAVA_FLOAT, 1f);

  /**
   * @param stream that it works in
   * @throws CudaUnavailableException when there is none on this machine
   */
  Cublas(DriverLauncher launcher, long stream) {
    SymbolLookup library =
        SharedLibraries.find(NAMES, COMPANIONS, System.getProperty("tnl.cuda.libraries"))
            .orElseThrow(() ->
                new CudaUnavailableException(
                    ("cuBLAS is not on this machine; looked for %s. Install CUDA's libraries, or"
                            + " name their folder in %s")
                        .formatted(String.join(" and ", NAMES), SharedLibraries.FOLDERS)));
    this.launcher = launcher;
    this.destroy = call(library, "cublasDestroy_v2", JAVA_LONG);
    this.gemm =
        call(
            library,
            "cublasGemmEx",
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT);
    MemorySegment result = arena.allocate(JAVA_LONG);
    try {
      check((int) call(library, "cublasCreate_v2", ADDRESS).invokeExact(result), "cublasCreate");
      this.handle = result.get(JAVA_LONG, 0);
      check(
          (int)
              call(library, "cublasGetVersion_v2", JAVA_LONG, ADDRESS).invokeExact(handle, result),
          "cublasGetVersion");
      this.version = result.get(JAVA_INT, 0);
      check(
          (int)
              call(library, "cublasSetStream_v2", JAVA_LONG, JAVA_LONG).invokeExact(handle, stream),
          "cublasSetStream");
      this.workspace = launcher.allocate(WORKSPACE_BYTES);
      check(
          (int)
              call(library, "cublasSetWorkspace_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG)
                  .invokeExact(handle, workspace, WORKSPACE_BYTES),
          "cublasSetWorkspace");
      check(
          (int)
              call(library, "cublasSetMathMode", JAVA_LONG, JAVA_INT)
                  .invokeExact(handle, EXACT_REDUCTION),
          "cublasSetMathMode");
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle call(SymbolLookup library, String name, MemoryLayout... types) {
    MemorySegment function =
        library
            .find(name)
            .orElseThrow(() -> new CudaUnavailableException("this cuBLAS has no " + name));
    return Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(JAVA_INT, types));
  }

  private static void check(int status, String call) {
    if (status != 0) {
      throw new IllegalStateException("%s failed with status %d".formatted(call, status));
    }
  }

  /** cuBLAS's matrices lie column by column, so ours are their transposes there: c^T = b^T a^T. */
  @Override
  public void multiply(boolean accumulate, Tensor c, Factor a, Factor b) {
    if (c.elements() == 0) {
      return;
    }
    int m = Math.toIntExact(b.columns());
    int n = Math.toIntExact(a.rows());
    int k = Math.toIntExact(a.columns());
    long left = CudaStorage.address(b.x());
    long right = CudaStorage.address(a.x());
    long result = CudaStorage.address(c);
    if (!launcher.passes(hash(accumulate, c, a, b, left, right, result))) {
      return;
    }
    if (!launcher.profiling()) {
      multiplyNow(accumulate, c, a, b);
      return;
    }
    launcher.timed(
        "product %s%s -> %s, %d x %d x %d"
            .formatted(a.transposed() ? "T" : "N", b.transposed() ? "T" : "N", c.type(), n, m, k),
        () -> multiplyNow(accumulate, c, a, b));
  }

  private void multiplyNow(boolean accumulate, Tensor c, Factor a, Factor b) {
    // Named, since the call takes the types of its arguments as they stand.
    MemorySegment beta = accumulate ? one : zero;
    try {
      int status =
          (int)
              gemm.invokeExact(
                  handle,
                  b.transposed() ? TRANSPOSED : NOT_TRANSPOSED,
                  a.transposed() ? TRANSPOSED : NOT_TRANSPOSED,
                  Math.toIntExact(b.columns()),
                  Math.toIntExact(a.rows()),
                  Math.toIntExact(a.columns()),
                  one,
                  CudaStorage.address(b.x()),
                  type(b.x()),
                  b.x().rowStride(),
                  CudaStorage.address(a.x()),
                  type(a.x()),
                  a.x().rowStride(),
                  beta,
                  CudaStorage.address(c),
                  type(c),
                  c.rowStride(),
                  COMPUTE_32F,
                  DEFAULT_ALGORITHM);
      check(status, "cublasGemmEx of %s, %s and %s".formatted(c, a.x(), b.x()));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static long hash(
      boolean accumulate, Tensor c, Factor a, Factor b, long left, long right, long result) {
    long flags = (accumulate ? 4 : 0) | (a.transposed() ? 2 : 0) | (b.transposed() ? 1 : 0);
    long hash = Arguments.mix(Arguments.mix(left, right), Arguments.mix(result, flags));
    hash = Arguments.mix(hash, a.rows() << 32 | a.columns());
    hash = Arguments.mix(hash, b.columns() << 32 | c.rowStride());
    return Arguments.mix(hash, (long) a.x().rowStride() << 32 | b.x().rowStride());
  }

  /** As cudaDataType_t numbers them. */
  private static int type(Tensor x) {
    return switch (x.type()) {
      case F32 -> 0;
      case BF16 -> 14;
      case I8 -> throw new IllegalArgumentException(x + " cannot be multiplied here");
    };
  }

  @Override
  public String describe() {
    return "cuBLAS %d.%d".formatted(version / 10_000, version / 100 % 100);
  }

  @Override
  public void close() {
    try {
      check((int) destroy.invokeExact(handle), "cublasDestroy");
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    launcher.free(workspace);
    arena.close();
  }
}
