package org.transnormer.model.lm.tnl;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.Bfloat16;

class TnlBfloat16Test extends GoldenModels {

  @Override
  protected Backend open() {
    return Bfloat16.open(2);
  }
}
