package org.transnormer.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.transnormer.model.golden.Golden;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SlopesGoldenTest {

  @Test
  void slopesAreTheReferencesForEveryNumberOfHeads() throws IOException {
    JsonNode slopes = golden().get("slopes_float64");
    assertThat(slopes.size()).isEqualTo(12);
    slopes
        .properties()
        .forEach(entry -> {
          double[] ours = Decays.slopes(Integer.parseInt(entry.getKey()));
          assertThat(ours).hasSize(entry.getValue().size());
          for (int h = 0; h < ours.length; h++) {
            assertThat(ours[h]).isCloseTo(entry.getValue().get(h).doubleValue(), within(1e-15));
          }
        });
  }

  @Test
  void lambdaIsFormedInDouble() throws IOException {
    JsonNode cases = golden().get("lambda_cases");
    assertThat(cases.size()).isPositive();
    for (JsonNode c : cases) {
      int heads = c.get("H").intValue();
      int layers = c.get("L").intValue();
      double[] rates = Decays.rates(heads, c.get("l").intValue(), layers);
      assertThat(Decays.layerFactor(c.get("l").intValue(), layers))
          .isCloseTo(c.get("c").doubleValue(), within(1e-15));
      for (int h = 0; h < heads; h++) {
        assertThat(Math.exp(-rates[h]))
            .isCloseTo(c.get("lambda_float64").get(h).doubleValue(), within(1e-15));
      }
    }
  }

  @Test
  void aSingleLayerDecaysAsTheFirstOfMany() {
    assertThat(Decays.layerFactor(0, 1)).isEqualTo(Decays.layerFactor(0, 12));
  }

  private static JsonNode golden() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(Golden.path("slopes.json")));
  }
}
