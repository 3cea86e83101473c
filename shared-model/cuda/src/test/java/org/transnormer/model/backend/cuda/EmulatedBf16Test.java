package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.BackendContract;
import org.transnormer.model.tensor.ElementType;

class EmulatedBf16Test extends BackendContract {

  EmulatedBf16Test() {
    super(Emulation.open(ElementType.BF16), 5e-3);
  }
}
