package org.transnormer.model.lm.tnl;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;

class TnlGoldenTest extends GoldenModels {

  TnlGoldenTest() {
    super(new Limits(2e-5, 1e-4, 1e-5));
  }

  @Override
  protected Backend open() {
    return CpuBackend.open(2, false);
  }
}
