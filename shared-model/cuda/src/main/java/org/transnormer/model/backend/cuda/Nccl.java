package org.transnormer.model.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.tensor.ElementType;

/**
 * NCCL 2, found at run time: the calls that ranks talk by, every status looked at in one place.
 * Communicators and streams are numbers, memory is an address on the device.
 */
final class Nccl {

  private static final List<String> NAMES = List.of("libnccl.so.2");

  /** Bytes of an id that makes a communicator of those who know it. */
  static final int ID_BYTES = 128;

  private static final MemoryLayout ID = MemoryLayout.sequenceLayout(ID_BYTES, JAVA_BYTE);

  private static final int SUM = 0;

  /** As ncclDataType_t numbers it. */
  static final int DOUBLE = 8;

  private final MethodHandle getVersion;
  private final MethodHandle getUniqueId;
  private final MethodHandle commInitRank;
  private final MethodHandle commSplit;
  private final MethodHandle commAbort;
  private final MethodHandle commDestroy;
  private final MethodHandle commGetAsyncError;
  private final MethodHandle groupStart;
  private final MethodHandle groupEnd;
  private final MethodHandle allReduce;
  private final MethodHandle reduce;
  private final MethodHandle broadcast;
  private final MethodHandle send;
  private final MethodHandle receive;
  private final MethodHandle errorString;
  private final MethodHandle lastError;

  /**
   * @throws CudaUnavailableException when there is none on this machine
   */
  Nccl() {
    SymbolLookup library =
        SharedLibraries.find(NAMES, List.of(), System.getProperty("tnl.cuda.libraries"))
            .orElseThrow(() ->
                new CudaUnavailableException(
                    ("NCCL is not on this machine, and several GPUs need it to train together;"
                            + " looked for %s. Install it, or name its folder in %s")
                        .formatted(String.join(" and ", NAMES), SharedLibraries.FOLDERS)));
    this.getVersion = call(library, "ncclGetVersion", ADDRESS);
    this.getUniqueId = call(library, "ncclGetUniqueId", ADDRESS);
    MemoryLayout id = MemoryLayout.structLayout(ID);
    this.commInitRank = call(library, "ncclCommInitRank", ADDRESS, JAVA_INT, id, JAVA_INT);
    this.commSplit =
        call(library, "ncclCommSplit", JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    this.commAbort = call(library, "ncclCommAbort", JAVA_LONG);
    this.commDestroy = call(library, "ncclCommDestroy", JAVA_LONG);
    this.commGetAsyncError = call(library, "ncclCommGetAsyncError", JAVA_LONG, ADDRESS);
    this.groupStart = call(library, "ncclGroupStart");
    this.groupEnd = call(library, "ncclGroupEnd");
    this.allReduce = exchange(library, "ncclAllReduce", true, true, false);
    this.reduce = exchange(library, "ncclReduce", true, true, true);
    this.broadcast = exchange(library, "ncclBroadcast", true, false, true);
    this.send = exchange(library, "ncclSend", false, false, true);
    this.receive = exchange(library, "ncclRecv", false, false, true);
    this.errorString =
        handle(library, "ncclGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    this.lastError = handle(library, "ncclGetLastError", FunctionDescriptor.of(ADDRESS, JAVA_LONG));
  }

  /** A call on memory, of count and type, in a communicator and a stream. */
  private static MethodHandle exchange(
      SymbolLookup library, String name, boolean target, boolean operation, boolean peer) {
    List<MemoryLayout> types = new ArrayList<>(List.of(JAVA_LONG));
    if (target) {
      types.add(JAVA_LONG);
    }
    types.addAll(List.of(JAVA_LONG, JAVA_INT));
    if (operation) {
      types.add(JAVA_INT);
    }
    if (peer) {
      types.add(JAVA_INT);
    }
    types.addAll(List.of(JAVA_LONG, JAVA_LONG));
    return call(library, name, types.toArray(MemoryLayout[]::new));
  }

  private static MethodHandle call(SymbolLookup library, String name, MemoryLayout... types) {
    return handle(library, name, FunctionDescriptor.of(JAVA_INT, types));
  }

  private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor type) {
    MemorySegment function =
        library
            .find(name)
            .orElseThrow(() ->
                new CudaUnavailableException("this NCCL has no " + name + "; 2.18 is the oldest"));
    return Linker.nativeLinker().downcallHandle(function, type);
  }

  /** A call of a method handle, which may throw anything. */
  @FunctionalInterface
  private interface Call<T> {
    T make() throws Throwable;
  }

  private static <T> T make(Call<T> call) {
    try {
      return call.make();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a call and looks at its status. */
  private void check(String what, long communicator, Call<Integer> call) {
    int status = make(call);
    if (status != 0) {
      throw new IllegalStateException(
          "%s failed: %s (%s)"
              .formatted(
                  what,
                  text(make(() -> (MemorySegment) errorString.invokeExact(status))),
                  text(make(() -> (MemorySegment) lastError.invokeExact(communicator)))));
    }
  }

  private static String text(MemorySegment string) {
    return string.address() == 0 ? "" : string.reinterpret(Long.MAX_VALUE).getString(0);
  }

  String version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_INT);
      check("ncclGetVersion", 0, () -> (int) getVersion.invokeExact(result));
      int version = result.get(JAVA_INT, 0);
      return "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
    }
  }

  /** {@value #ID_BYTES} bytes for every rank of a new communicator; the process must live on. */
  byte[] newId() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment id = arena.allocate(ID_BYTES);
      check("ncclGetUniqueId", 0, () -> (int) getUniqueId.invokeExact(id));
      return id.toArray(JAVA_BYTE);
    }
  }

  /** Waits for all ranks. */
  long join(byte[] id, int rank, int size) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_LONG);
      MemorySegment shared = arena.allocateFrom(JAVA_BYTE, id);
      check(
          "ncclCommInitRank of rank %d of %d".formatted(rank, size),
          0,
          () -> (int) commInitRank.invokeExact(result, size, shared, rank));
      return result.get(JAVA_LONG, 0);
    }
  }

  /**
   * @param color negative for a rank that is in no part
   * @return the communicator of those with the same color, 0 in none
   */
  long split(long communicator, int color, int rank) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(JAVA_LONG);
      check(
          "ncclCommSplit",
          communicator,
          () -> (int) commSplit.invokeExact(communicator, color, rank, result, MemorySegment.NULL));
      return result.get(JAVA_LONG, 0);
    }
  }

  /** Ends what the communicator's ranks wait for; whatever waits for it goes on with nonsense. */
  void abort(long communicator) {
    check("ncclCommAbort", communicator, () -> (int) commAbort.invokeExact(communicator));
  }

  /** Every rank calls this; recordings with the communicator's work must be gone. */
  void destroy(long communicator) {
    check("ncclCommDestroy", 0, () -> (int) commDestroy.invokeExact(communicator));
  }

  /**
   * @throws IllegalStateException when something went wrong since the work was asked for
   */
  void requireNoError(long communicator) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment error = arena.allocate(JAVA_INT);
      check(
          "ncclCommGetAsyncError",
          communicator,
          () -> (int) commGetAsyncError.invokeExact(communicator, error));
      check("what ranks exchanged", communicator, () -> error.get(JAVA_INT, 0));
    }
  }

  /** Does several exchanges as one. */
  void together(Runnable calls) {
    check("ncclGroupStart", 0, () -> (int) groupStart.invokeExact());
    try {
      calls.run();
    } finally {
      check("ncclGroupEnd", 0, () -> (int) groupEnd.invokeExact());
    }
  }

  void allReduce(long at, long count, int type, long communicator, long stream) {
    check(
        "ncclAllReduce",
        communicator,
        () -> (int) allReduce.invokeExact(at, at, count, type, SUM, communicator, stream));
  }

  void reduce(long at, long count, int type, int root, long communicator, long stream) {
    check(
        "ncclReduce",
        communicator,
        () -> (int) reduce.invokeExact(at, at, count, type, SUM, root, communicator, stream));
  }

  void broadcast(long at, long count, int type, int root, long communicator, long stream) {
    check(
        "ncclBroadcast",
        communicator,
        () -> (int) broadcast.invokeExact(at, at, count, type, root, communicator, stream));
  }

  void send(long at, long count, int type, int to, long communicator, long stream) {
    check(
        "ncclSend",
        communicator,
        () -> (int) send.invokeExact(at, count, type, to, communicator, stream));
  }

  void receive(long at, long count, int type, int from, long communicator, long stream) {
    check(
        "ncclRecv",
        communicator,
        () -> (int) receive.invokeExact(at, count, type, from, communicator, stream));
  }

  /** As ncclDataType_t numbers them. */
  static int type(ElementType type) {
    return switch (type) {
      case F32 -> 7;
      case BF16 -> 9;
      case I8 -> throw new IllegalArgumentException("weights of 8 bits are not exchanged");
    };
  }
}
