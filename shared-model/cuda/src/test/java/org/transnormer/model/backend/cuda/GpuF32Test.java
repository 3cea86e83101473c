package org.transnormer.model.backend.cuda;

import org.junit.jupiter.api.Tag;
import org.transnormer.model.backend.BackendContract;
import org.transnormer.model.tensor.ElementType;

@Tag("gpu")
class GpuF32Test extends BackendContract {

  GpuF32Test() {
    super(Gpu.open(ElementType.F32), 3e-6);
  }
}
