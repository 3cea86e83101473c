package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BenchCommandTest {

  @Test
  void measuresASmallModelBesideTheMachine() {
    Tnl run =
        Tnl.model(
            "bench",
            Tnl.GOLDEN.resolve("tnl3-small"),
            "--train",
            "2x32",
            "--prefill",
            "64",
            "--seconds",
            "0.05",
            "--json");

    assertThat(run.code()).as(run.err()).isZero();
    for (String name : new String[] {"train 2x32", "prefill 64", "decode 1"}) {
      JsonNode result = run.json().get(name);
      assertThat(result.get("tokensPerSecond").doubleValue()).as(name).isPositive();
      assertThat(result.get("medianTokensPerSecond").doubleValue())
          .isLessThanOrEqualTo(result.get("tokensPerSecond").doubleValue());
    }
  }
}
