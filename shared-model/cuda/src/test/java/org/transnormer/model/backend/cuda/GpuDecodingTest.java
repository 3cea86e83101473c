package org.transnormer.model.backend.cuda;

import org.junit.jupiter.api.Tag;
import org.transnormer.model.backend.DecodingContract;
import org.transnormer.model.backend.TokenChoiceContract;
import org.transnormer.model.tensor.ElementType;

@Tag("gpu")
class GpuDecodingTest extends DecodingContract implements TokenChoiceContract {

  GpuDecodingTest() {
    super(Gpu.open(ElementType.BF16));
  }
}
