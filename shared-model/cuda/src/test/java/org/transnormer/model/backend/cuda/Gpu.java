package org.transnormer.model.backend.cuda;

import org.transnormer.model.tensor.ElementType;

/** The real thing; a test that asks for it without a GPU fails, and says what is missing. */
final class Gpu {

  private Gpu() {}

  static CudaBackend open(ElementType compute) {
    return new CudaBackend(new DriverLauncher(0, true), compute);
  }
}
