package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.lm.tnl.GoldenModels;
import org.transnormer.model.tensor.ElementType;

class EmulatedModelsBf16Test extends GoldenModels {

  @Override
  protected Backend open() {
    return Emulation.open(ElementType.BF16);
  }
}
