package org.transnormer.model.backend.cuda;

import org.transnormer.model.backend.BackendContract;
import org.transnormer.model.tensor.ElementType;

/** A card so large that attention cuts sequences into segments. */
class EmulatedManyProcessorsTest extends BackendContract {

  EmulatedManyProcessorsTest() {
    super(Emulation.open(ElementType.BF16, 1000), 5e-3);
  }
}
