package org.transnormer.model.backend.cuda;

import org.transnormer.model.golden.GoldenOperators;
import org.transnormer.model.tensor.ElementType;

class EmulatedOperatorsF32Test extends GoldenOperators {

  EmulatedOperatorsF32Test() {
    super(Emulation.open(ElementType.F32), 5e-6, 1e-5);
  }
}
