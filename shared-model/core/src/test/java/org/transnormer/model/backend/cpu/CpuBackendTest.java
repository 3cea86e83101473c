package org.transnormer.model.backend.cpu;

import org.transnormer.model.backend.BackendContract;

class CpuBackendTest extends BackendContract {

  CpuBackendTest() {
    super(CpuBackend.open(2, false), 3e-6);
  }
}
