package org.transnormer.model.backend.cuda;

import org.junit.jupiter.api.Tag;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.lm.tnl.GoldenModels;
import org.transnormer.model.tensor.ElementType;

@Tag("gpu")
class GpuModelsF32Test extends GoldenModels {

  GpuModelsF32Test() {
    super(new Limits(2e-5, 1e-4, 1e-5));
  }

  @Override
  protected Backend open() {
    return Gpu.open(ElementType.F32);
  }
}
