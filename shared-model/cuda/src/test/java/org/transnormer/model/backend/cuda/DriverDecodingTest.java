package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.DecodingContract;
import org.transnormer.model.backend.TokenChoiceContract;
import org.transnormer.model.tensor.ElementType;

/** In recorded graphs, with kernels in chains, on a driver that emulates. */
class DriverDecodingTest extends DecodingContract implements TokenChoiceContract {

  DriverDecodingTest() {
    super(Emulation.openByDriver(ElementType.BF16));
  }
}
