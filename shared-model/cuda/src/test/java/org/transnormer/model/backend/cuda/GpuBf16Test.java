package org.transnormer.model.backend.cuda;

import org.junit.jupiter.api.Tag;
import org.transnormer.model.backend.BackendContract;
import org.transnormer.model.tensor.ElementType;

@Tag("gpu")
class GpuBf16Test extends BackendContract {

  GpuBf16Test() {
    super(Gpu.open(ElementType.BF16), 5e-3);
  }
}
