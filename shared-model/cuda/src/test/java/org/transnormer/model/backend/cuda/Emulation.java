package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.transnormer.model.tensor.ElementType;

/** Backends whose kernels run on the processor; a test that wants one skips where it was not built. */
final class Emulation {

  /** So small that short sequences already have several states. */
  private static final int ROWS_OF_A_STATE = 128;

  private Emulation() {}

  static CudaBackend open(ElementType compute) {
    return open(compute, 1);
  }

  /**
   * @param processors that the device pretends to have; many make attention cut sequences
   */
  static CudaBackend open(ElementType compute, int processors) {
    Path library = Path.of(System.getProperty("tnl.cuda.emulated", "target/emulated/kernels.so"));
    boolean strict = "1".equals(System.getenv("TNL_STRICT"));
    if (!strict) {
      assumeThat(Files.exists(library))
          .as("%s was not built: is there a g++? Kernels are not tested without", library)
          .isTrue();
    }
    return new CudaBackend(
        new EmulatedLauncher(library.toAbsolutePath(), processors, 1), compute, ROWS_OF_A_STATE);
  }
}
