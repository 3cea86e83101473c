package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.DecodingContract;
import org.transnormer.model.backend.TokenChoiceContract;
import org.transnormer.model.tensor.ElementType;

class EmulatedDecodingF32Test extends DecodingContract implements TokenChoiceContract {

  EmulatedDecodingF32Test() {
    super(Emulation.open(ElementType.F32));
  }
}
