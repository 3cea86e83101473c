package org.transnormer.model.backend.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Products of numbers that are rounded to bfloat16 on their way in, with sums in float, by oneDNN's
 * matmul primitive: on processors with AVX512-BF16 or AMX several times as fast as in float. A
 * thread keeps a primitive for every form of product that it has met.
 */
final class OneDnn implements Gemm {

  private static final String RESOURCES = "org/bytedeco/dnnl/linux-x86_64/";
  private static final List<String> LIBRARIES = List.of("libgomp.so.1", "libdnnl.so.3");

  /* dnnl_common_types.h and dnnl_types.h */
  private static final int CPU = 1;
  private static final int IN_ORDER = 1;
  private static final int UNDEFINED = 0;
  private static final int BFLOAT16 = 2;
  private static final int FLOAT32 = 3;
  private static final int ARGUMENT_A = 1;
  private static final int ARGUMENT_B = 33;
  private static final int ARGUMENT_C = 17;
  private static final long ARGUMENT_BYTES = 16;

  private final NativeLibrary library;
  private final MethodHandle setDataHandle;
  private final MethodHandle execute;
  private final MemorySegment engine;
  private final ThreadLocal<Caller> callers = ThreadLocal.withInitial(Caller::new);
  private final boolean sameBitsHoweverCut;

  private OneDnn(NativeLibrary library) {
    this.library = library;
    this.setDataHandle =
        library.function(
            "dnnl_memory_set_data_handle", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    this.execute =
        library.function(
            "dnnl_primitive_execute",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
    this.engine = make("dnnl_engine_create", CPU, 0L);
    SelfTest.require(this);
    this.sameBitsHoweverCut = SelfTest.sameBitsHoweverCut(this);
  }

  private static final class Holder {
    static final OneDnn INSTANCE = load();
  }

  /**
   * @throws UnsupportedOperationException where the processor does not multiply bfloat16, or the
   *     library is missing
   */
  static OneDnn open() {
    if (!ProcessorFlags.has("avx512_bf16") && !ProcessorFlags.has("amx_bf16")) {
      throw new UnsupportedOperationException(
          "this processor multiplies no bfloat16: it has neither avx512_bf16 nor amx_bf16");
    }
    return Holder.INSTANCE;
  }

  private static OneDnn load() {
    NativeLibrary.setEnvironment("OMP_NUM_THREADS", "1");
    try {
      return new OneDnn(NativeLibrary.open(RESOURCES, LIBRARIES));
    } catch (IOException | IllegalArgumentException | LinkageError e) {
      throw new UnsupportedOperationException("no oneDNN for products in bfloat16", e);
    }
  }

  /** What a primitive is made for. */
  private record Form(
      boolean transposeA, boolean transposeB, int m, int n, int k, float beta, int ldc) {}

  /** A primitive with the descriptions of its operands, and its list of arguments. */
  private record Primitive(
      MemorySegment handle,
      MemorySegment a,
      MemorySegment b,
      MemorySegment c,
      MemorySegment list) {}

  /** What one thread computes with. */
  private final class Caller {
    final MemorySegment stream = make("dnnl_stream_create", engine, IN_ORDER);
    final Scratch a = new Scratch();
    final Scratch b = new Scratch();
    final Map<Form, Primitive> primitives = new HashMap<>();
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
    Caller caller = callers.get();
    Form form = new Form(transposeA, transposeB, m, n, k, beta, ldc);
    Primitive primitive = caller.primitives.computeIfAbsent(form, this::primitive);
    long roundedA = rounded(caller.a, a, lda, transposeA ? k : m, transposeA ? m : k);
    long roundedB = rounded(caller.b, b, ldb, transposeB ? n : k, transposeB ? k : n);
    try {
      check("memory", (int) setDataHandle.invokeExact(primitive.a, roundedA));
      check("memory", (int) setDataHandle.invokeExact(primitive.b, roundedB));
      check("memory", (int) setDataHandle.invokeExact(primitive.c, c));
      check(
          "execute", (int) execute.invokeExact(primitive.handle, caller.stream, 3, primitive.list));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** A copy of a matrix in bfloat16, its rows behind each other. */
  private static long rounded(Scratch scratch, long x, int stride, int rows, int columns) {
    long target = scratch.floats(Math.ceilDiv((long) rows * columns, 2));
    for (int row = 0; row < rows; row++) {
      Lanes.round(
          target + (long) row * columns * Short.BYTES,
          x + (long) row * stride * Float.BYTES,
          columns);
    }
    return target;
  }

  private Primitive primitive(Form form) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = matrix(arena, BFLOAT16, form.m, form.k, form.transposeA, form.k, form.m);
      MemorySegment b = matrix(arena, BFLOAT16, form.k, form.n, form.transposeB, form.n, form.k);
      MemorySegment c = matrix(arena, FLOAT32, form.m, form.n, false, form.ldc, 0);
      MemorySegment attributes = make("dnnl_primitive_attr_create");
      if (form.beta != 0) {
        MemorySegment operations = make("dnnl_post_ops_create");
        call("dnnl_post_ops_append_sum", operations, form.beta, 0, UNDEFINED);
        call("dnnl_primitive_attr_set_post_ops", attributes, operations);
      }
      MemorySegment description =
          make(
              "dnnl_matmul_primitive_desc_create", engine, a, b, MemorySegment.NULL, c, attributes);
      MemorySegment[] operands = {memory(a), memory(b), memory(c)};
      int[] names = {ARGUMENT_A, ARGUMENT_B, ARGUMENT_C};
      MemorySegment list =
          Arena.global().allocate(ARGUMENT_BYTES * operands.length, ADDRESS.byteAlignment());
      for (int i = 0; i < operands.length; i++) {
        list.set(JAVA_INT, i * ARGUMENT_BYTES, names[i]);
        list.set(ADDRESS, i * ARGUMENT_BYTES + ADDRESS.byteSize(), operands[i]);
      }
      return new Primitive(
          make("dnnl_primitive_create", description), operands[0], operands[1], operands[2], list);
    }
  }

  /** Describes rows x columns, which lie as they are or transposed. */
  private MemorySegment matrix(
      Arena arena,
      int type,
      long rows,
      long columns,
      boolean transposed,
      long stride,
      long transposedStride) {
    MemorySegment shape = arena.allocateFrom(JAVA_LONG, rows, columns);
    MemorySegment strides =
        transposed
            ? arena.allocateFrom(JAVA_LONG, 1, transposedStride)
            : arena.allocateFrom(JAVA_LONG, stride, 1);
    return make("dnnl_memory_desc_create_with_strides", 2, shape, type, strides);
  }

  private MemorySegment memory(MemorySegment description) {
    return make("dnnl_memory_create", description, engine, MemorySegment.NULL);
  }

  /** Calls a function that writes the object which it makes through its first argument. */
  private MemorySegment make(String function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment made = arena.allocate(ADDRESS);
      Object[] all = new Object[arguments.length + 1];
      all[0] = made;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      call(function, all);
      return made.get(ADDRESS, 0);
    }
  }

  private void call(String function, Object... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      layouts[i] =
          switch (arguments[i]) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            case Float _ -> JAVA_FLOAT;
            default -> ADDRESS;
          };
    }
    try {
      MethodHandle handle = library.function(function, FunctionDescriptor.of(JAVA_INT, layouts));
      check(function, (int) handle.invokeWithArguments(arguments));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void check(String what, int status) {
    if (status != 0) {
      throw new IllegalArgumentException("oneDNN: %s gave status %d".formatted(what, status));
    }
  }

  @Override
  public boolean sameBitsHoweverCut() {
    return sameBitsHoweverCut;
  }

  @Override
  public String describe() {
    return "oneDNN in bf16 with sums in fp32";
  }
}
