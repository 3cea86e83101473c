package org.transnormer.model.backend.cuda;

import org.junit.jupiter.api.Tag;
import org.transnormer.model.golden.GoldenOperators;
import org.transnormer.model.tensor.ElementType;

@Tag("gpu")
class GpuOperatorsBf16Test extends GoldenOperators {

  GpuOperatorsBf16Test() {
    super(Gpu.open(ElementType.BF16), 1.5e-2, 2e-2);
  }
}
