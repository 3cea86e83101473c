package org.transnormer.model.golden;

import org.transnormer.model.backend.cpu.CpuBackend;

class OperatorsGoldenTest extends GoldenOperators {

  OperatorsGoldenTest() {
    super(CpuBackend.open(2, false), 5e-6, 1e-5);
  }
}
