package org.transnormer.model.backend.cpu;

import org.transnormer.model.backend.DecodingContract;

class CpuDecodingTest extends DecodingContract {

  CpuDecodingTest() {
    super(CpuBackend.open(2, false));
  }
}
