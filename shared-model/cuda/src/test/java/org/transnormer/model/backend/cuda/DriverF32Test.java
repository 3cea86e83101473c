package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.BackendContract;
import org.transnormer.model.tensor.ElementType;

/** The way through JCuda and recorded graphs, on a driver that emulates. */
class DriverF32Test extends BackendContract {

  DriverF32Test() {
    super(Emulation.openByDriver(ElementType.F32), 3e-6);
  }
}
