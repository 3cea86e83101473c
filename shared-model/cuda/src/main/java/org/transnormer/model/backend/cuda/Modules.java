package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** The compiled kernels, by name. */
final class Modules implements AutoCloseable {

  /** Dynamic shared memory that a kernel gets without asking; 48 KiB are for all of its own too. */
  private static final int USUAL_SHARED_BYTES = 32 * 1024;

  /** CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES. */
  private static final int SHARED_BYTES_ATTRIBUTE = 8;

  /** A line for each module: its name, and those of its kernels. */
  private static final String LIST = "kernels.txt";

  private final List<CUmodule> modules = new ArrayList<>();
  private final Map<String, CUmodule> modulesOfKernels = new HashMap<>();
  private final Map<String, Kernel> kernels = new HashMap<>();

  private static final class Kernel {
    private final CUfunction function;
    private final long number;
    private int sharedBytes = USUAL_SHARED_BYTES;

    private Kernel(CUfunction function) {
      this.function = function;
      this.number = Driver.number(function);
    }
  }

  /** What is missing from the build, or null. */
  static @Nullable String missing() {
    return Modules.class.getResource(LIST) == null
        ? "this build has no CUDA kernels: it was made without nvcc (set TNL_NVCC or CUDA_HOME and"
            + " build again)"
        : null;
  }

  /** Loads all of them into the current context. */
  Modules() {
    for (String line : new String(resource(LIST), StandardCharsets.UTF_8).split("\n")) {
      String[] names = line.split(" ");
      CUmodule module = new CUmodule();
      int status = JCudaDriver.cuModuleLoadData(module, resource(names[0] + ".fatbin"));
      Driver.check(status, "loading the kernels of " + names[0]);
      modules.add(module);
      for (int i = 1; i < names.length; i++) {
        modulesOfKernels.put(names[i], module);
      }
    }
  }

  private static byte[] resource(String name) {
    try (InputStream in = Modules.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new CudaUnavailableException("this build lacks " + name + "; build it again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The driver's name for a kernel whose blocks have so much dynamic shared memory. */
  long function(String name, int sharedBytes) {
    Kernel kernel = kernels.get(name);
    if (kernel == null) {
      kernel = new Kernel(find(name));
      kernels.put(name, kernel);
    }
    if (sharedBytes > kernel.sharedBytes) {
      int status =
          JCudaDriver.cuFuncSetAttribute(kernel.function, SHARED_BYTES_ATTRIBUTE, sharedBytes);
      Driver.check(status, "%d bytes of shared memory for %s".formatted(sharedBytes, name));
      kernel.sharedBytes = sharedBytes;
    }
    return kernel.number;
  }

  private CUfunction find(String name) {
    CUmodule module = modulesOfKernels.get(name);
    if (module == null) {
      throw new IllegalStateException("there is no kernel " + name);
    }
    CUfunction function = new CUfunction();
    int status = JCudaDriver.cuModuleGetFunction(function, module, name);
    Driver.check(status, "looking for kernel " + name);
    return function;
  }

  @Override
  public void close() {
    modules.forEach(JCudaDriver::cuModuleUnload);
  }
}
