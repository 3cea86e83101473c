package org.transnormer.model.backend.cuda;

import org.junit.jupiter.api.Tag;
import org.transnormer.model.golden.GoldenOperators;
import org.transnormer.model.tensor.ElementType;

@Tag("gpu")
class GpuOperatorsF32Test extends GoldenOperators {

  GpuOperatorsF32Test() {
    super(Gpu.open(ElementType.F32), 5e-6, 1e-5);
  }
}
