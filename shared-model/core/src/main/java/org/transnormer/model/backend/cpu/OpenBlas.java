package org.transnormer.model.backend.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** OpenBLAS through the foreign-function interface, single-threaded: the pool cuts the work. */
final class OpenBlas implements Gemm {

  private static final Logger LOG = LoggerFactory.getLogger(OpenBlas.class);

  /** {@code false} leaves OpenBLAS out, for comparisons and for tests of what stands in for it. */
  private static final String ENABLED_PROPERTY = "tnl.openblas";

  private static final String RESOURCES = "org/bytedeco/openblas/linux-x86_64/";

  /** In the order in which they need each other. */
  private static final List<String> LIBRARIES =
      List.of("libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0");

  private static final String CORE_TYPE = "OPENBLAS_CORETYPE";

  /** What the kernels for it are made of. */
  private static final String[] AVX512 = {
    "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"
  };

  /* Values of CBLAS_LAYOUT and CBLAS_TRANSPOSE in cblas.h. */
  private static final int ROW_MAJOR = 101;
  private static final int AS_IS = 111;
  private static final int TRANSPOSED = 112;

  private final MethodHandle sgemm;
  private final String description;
  private final boolean sameBitsHoweverCut;

  private OpenBlas(MethodHandle sgemm, String description) {
    this.sgemm = sgemm;
    this.description = description;
    SelfTest.require(this);
    this.sameBitsHoweverCut = SelfTest.sameBitsHoweverCut(this);
  }

  /** The library, or nothing (with the reason in the log) where it cannot be had. */
  static Optional<Gemm> find() {
    return Holder.INSTANCE;
  }

  private static final class Holder {
    static final Optional<Gemm> INSTANCE = load();
  }

  private static Optional<Gemm> load() {
    if (!Boolean.parseBoolean(System.getProperty(ENABLED_PROPERTY, "true"))) {
      return Optional.empty();
    }
    try {
      return Optional.of(open());
    } catch (IOException | IllegalArgumentException | LinkageError e) {
      LOG.warn("no OpenBLAS ({}); products run in Java", e.toString());
      return Optional.empty();
    }
  }

  private static OpenBlas open() throws IOException {
    chooseKernels();
    NativeLibrary library = NativeLibrary.open(RESOURCES, LIBRARIES);
    try {
      library
          .function("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT))
          .invokeExact(1);
      MemorySegment config =
          (MemorySegment)
              library.function("openblas_get_config", FunctionDescriptor.of(ADDRESS)).invokeExact();
      return new OpenBlas(
          library.function("cblas_sgemm", signature()),
          config.reinterpret(Long.MAX_VALUE).getString(0).strip());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("OpenBLAS", e);
    }
  }

  private static FunctionDescriptor signature() {
    return FunctionDescriptor.ofVoid(
        JAVA_INT,
        JAVA_INT,
        JAVA_INT,
        JAVA_INT,
        JAVA_INT,
        JAVA_INT,
        JAVA_FLOAT,
        JAVA_LONG,
        JAVA_INT,
        JAVA_LONG,
        JAVA_INT,
        JAVA_FLOAT,
        JAVA_LONG,
        JAVA_INT);
  }

  /**
   * The library takes AVX2 kernels on some processors with AVX-512 that it does not know; it looks
   * at the environment when it is loaded. A value set by the user stays; an empty one is none, so
   * that the same kernels, and so the same digits, come out under every launcher.
   */
  private static void chooseKernels() {
    NativeLibrary.setEnvironment("OPENBLAS_NUM_THREADS", "1");
    String chosen = System.getenv(CORE_TYPE);
    if ((chosen == null || chosen.isBlank()) && ProcessorFlags.has(AVX512)) {
      NativeLibrary.setEnvironment(CORE_TYPE, "SkylakeX");
    }
  }

  @Override
  public void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      long a,
      int lda,
      long b,
      int ldb,
      float beta,
      long c,
      int ldc) {
    try {
      sgemm.invokeExact(
          ROW_MAJOR,
          transposeA ? TRANSPOSED : AS_IS,
          transposeB ? TRANSPOSED : AS_IS,
          m,
          n,
          k,
          1f,
          a,
          lda,
          b,
          ldb,
          beta,
          c,
          ldc);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean sameBitsHoweverCut() {
    return sameBitsHoweverCut;
  }

  @Override
  public String describe() {
    return description;
  }
}
