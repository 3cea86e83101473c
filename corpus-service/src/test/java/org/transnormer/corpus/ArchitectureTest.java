package org.transnormer.corpus;

import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.HouseRules;

class ArchitectureTest {

  @Test
  void keepsTheRulesOfTheHouse() {
    HouseRules.check("org.transnormer.corpus");
  }
}
