package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.transnormer.model.lm.WeightStorage;
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

  @ParameterizedTest
  @EnumSource(WeightStorage.class)
  void decodesWithWeightsAsTheyAreAskedFor(WeightStorage weights) {
    Tnl run =
        Tnl.model(
            "bench",
            Tnl.GOLDEN.resolve("tnl1-small"),
            "--device",
            "cpu",
            "--train",
            0,
            "--prefill",
            0,
            "--weights",
            weights,
            "--seconds",
            "0.01",
            "--json");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.json().get("decode 1").get("tokensPerSecond").doubleValue()).isPositive();
  }

  @Test
  void whatDoesNotFitIntoMemoryIsNotBegun() {
    Tnl run = Tnl.model("bench", "--size", "tnl1-175b", "--device", "cpu", "--seconds", "0.01");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("training takes ").contains(" are free");
  }
}
