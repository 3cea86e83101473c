package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.lm.tnl.GoldenModels;
import org.transnormer.model.tensor.ElementType;

class EmulatedModelsF32Test extends GoldenModels {

  EmulatedModelsF32Test() {
    super(new Limits(2e-5, 1e-4, 1e-5));
  }

  @Override
  protected Backend open() {
    return Emulation.open(ElementType.F32);
  }
}
