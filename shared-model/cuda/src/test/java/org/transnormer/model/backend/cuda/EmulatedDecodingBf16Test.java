package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.DecodingContract;
import org.transnormer.model.backend.TokenChoiceContract;
import org.transnormer.model.tensor.ElementType;

class EmulatedDecodingBf16Test extends DecodingContract implements TokenChoiceContract {

  EmulatedDecodingBf16Test() {
    super(Emulation.open(ElementType.BF16));
  }
}
