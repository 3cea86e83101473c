package org.transnormer.trainer;

import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.HouseRules;

class ArchitectureTest {

  @Test
  void keepsTheRulesOfTheHouse() {
    HouseRules.check("org.transnormer.trainer");
  }
}
