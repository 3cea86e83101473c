package org.transnormer.model.backend.cuda;

import org.junit.jupiter.api.Tag;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.lm.tnl.GoldenModels;
import org.transnormer.model.tensor.ElementType;

@Tag("gpu")
class GpuModelsBf16Test extends GoldenModels {

  @Override
  protected Backend open() {
    return Gpu.open(ElementType.BF16);
  }
}
