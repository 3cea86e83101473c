package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.BackendContract;
import org.transnormer.model.tensor.ElementType;

class EmulatedF32Test extends BackendContract {

  EmulatedF32Test() {
    super(Emulation.open(ElementType.F32), 3e-6);
  }
}
