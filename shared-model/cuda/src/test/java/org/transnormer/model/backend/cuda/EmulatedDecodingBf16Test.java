package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.DecodingContract;
import org.transnormer.model.tensor.ElementType;

class EmulatedDecodingBf16Test extends DecodingContract {

  EmulatedDecodingBf16Test() {
    super(Emulation.open(ElementType.BF16));
  }
}
