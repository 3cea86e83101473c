package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.transnormer.model.tensor.ElementType;

/**
 * Backends whose kernels run on the processor; a test that wants one skips where it was not built.
 */
final class Emulation {

  /** So small that short sequences already have several states. */
  private static final int ROWS_OF_A_STATE = 128;

  /** Of a block on a Hopper, an A100, and cards of compute capability 8.6 and 8.9. */
  static final int HOPPER_SHARED_BYTES = 227 * 1024;

  static final int A100_SHARED_BYTES = 163 * 1024;
  static final int SMALL_SHARED_BYTES = 99 * 1024;

  private Emulation() {}

  static CudaBackend open(ElementType compute) {
    return open(compute, 1);
  }

  /**
   * @param processors that the device pretends to have; many make attention cut sequences
   */
  static CudaBackend open(ElementType compute, int processors) {
    return open(compute, processors, HOPPER_SHARED_BYTES);
  }

  static CudaBackend open(ElementType compute, int processors, int sharedBytes) {
    Launcher launcher = new EmulatedLauncher(built("kernels.so"), processors, sharedBytes, 1);
    return new CudaBackend(launcher, compute, ROWS_OF_A_STATE);
  }

  /** A backend that believes to have a GPU: JCuda on a driver that emulates. */
  static CudaBackend openByDriver(ElementType compute) {
    System.setProperty("tnl.cuda.driver", built("libcuda.so.1").toString());
    if (!strict()) {
      assumeThat(Modules.missing()).as("no kernels were compiled: is there an nvcc?").isNull();
    }
    return new CudaBackend(new DriverLauncher(0, false), compute, ROWS_OF_A_STATE);
  }

  /** Where the emulated libraries lie. */
  static String folder() {
    return Path.of(System.getProperty("tnl.cuda.emulated", "target/emulated"))
        .toAbsolutePath()
        .toString();
  }

  private static Path built(String name) {
    Path library = Path.of(folder()).resolve(name);
    if (!strict()) {
      assumeThat(Files.exists(library))
          .as("%s was not built: is there a g++? Kernels are not tested without", library)
          .isTrue();
    }
    return library;
  }

  private static boolean strict() {
    return "1".equals(System.getenv("TNL_STRICT"));
  }
}
