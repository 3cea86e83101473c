package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** NVIDIA's driver through JCuda: loaded with care, every status looked at in one place. */
final class Driver {

  /** What the driver's library is called; a file's path for tests. */
  private static final String LIBRARY = System.getProperty("tnl.cuda.driver", "libcuda.so.1");

  private static final MethodHandle HANDLE = handle();

  private static final CUdeviceptr NOTHING = new CUdeviceptr();

  private Driver() {}

  private static MethodHandle handle() {
    try {
      return MethodHandles.privateLookupIn(NativePointerObject.class, MethodHandles.lookup())
          .findVirtual(
              NativePointerObject.class, "getNativePointer", MethodType.methodType(long.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("JCuda is not the one that this was written for", e);
    }
  }

  /**
   * Loads the driver and initialises it.
   *
   * @throws CudaUnavailableException when there is none, or no GPU
   */
  static synchronized void initialise() {
    if (SharedLibraries.load(LIBRARY).isEmpty()) {
      throw new CudaUnavailableException(
          LIBRARY
              + " is not on this machine: install NVIDIA's driver, or in a container make the GPU"
              + " visible (NVIDIA_VISIBLE_DEVICES and the container toolkit)");
    }
    int status = loadJCuda();
    if (status == CUresult.CUDA_ERROR_NO_DEVICE) {
      throw new CudaUnavailableException("NVIDIA's driver is here, but it sees no GPU");
    }
    check(status, "cuInit");
  }

  /**
   * JCuda unpacks its library into the folder for temporary files, under a name that anyone can
   * foresee; so it gets a folder of its own for as long as it does.
   */
  private static int loadJCuda() {
    String usual = System.getProperty("java.io.tmpdir");
    Path folder = null;
    try {
      folder = Files.createTempDirectory("tnl-jcuda");
      System.setProperty("java.io.tmpdir", folder.toString());
      return JCudaDriver.cuInit(0);
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for JCuda's library", e);
    } catch (LinkageError e) {
      throw new CudaUnavailableException("JCuda's library does not load: " + e.getMessage(), e);
    } finally {
      System.setProperty("java.io.tmpdir", usual);
      delete(folder);
    }
  }

  /** The library is mapped by now; its file is not needed any more. */
  private static void delete(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // What is left is a private folder among temporary files.
      return;
    }
  }

  /** Throws unless a call of the driver went well. */
  static void check(int status, String call) {
    if (status == CUresult.CUDA_SUCCESS) {
      return;
    }
    String name = CUresult.stringFor(status);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new OutOfMemoryError("the GPU's memory does not suffice (" + call + ")");
    }
    String hint =
        status == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU
            ? ": the kernels are for compute capability 8.0 and newer"
            : status == CUresult.CUDA_ERROR_ILLEGAL_ADDRESS
                ? ": a kernel went out of its memory; compute-sanitizer names it"
                : "";
    throw new IllegalStateException("%s failed with %s%s".formatted(call, name, hint));
  }

  /** A call that JCuda does not have. */
  static MemorySegment symbol(String name) {
    return SharedLibraries.load(LIBRARY)
        .flatMap(library -> library.find(name))
        .orElseThrow(() ->
            new CudaUnavailableException(
                "NVIDIA's driver has no " + name + ": it must be of CUDA 12 or newer"));
  }

  static CUdeviceptr device(long address) {
    return NOTHING.withByteOffset(address);
  }

  /** Host memory outside the heap. */
  static Pointer host(MemorySegment memory) {
    return Pointer.to(memory.asByteBuffer());
  }

  /** The number that other libraries know an object by. */
  static long number(NativePointerObject object) {
    try {
      return (long) HANDLE.invokeExact(object);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
