package org.transnormer.model.backend.cuda;

import org.transnormer.model.golden.GoldenOperators;
import org.transnormer.model.tensor.ElementType;

/** The reference's inputs are rounded here, which alone costs up to 4e-3. */
class EmulatedOperatorsBf16Test extends GoldenOperators {

  EmulatedOperatorsBf16Test() {
    super(Emulation.open(ElementType.BF16), 1.5e-2, 2e-2);
  }
}
