package org.transnormer.cleaning.rounds;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.decide.Cut;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The cuts of a round as the table keeps them. */
public final class RoundCuts {
  private static final TypeReference<List<Kept>> LIST = new TypeReference<>() {};

  private RoundCuts() {}

  /** JSON has no infinity: an absent limit cuts nothing. */
  private record Kept(
      int round,
      String stratum,
      long scored,
      long unscored,
      double lowest,
      @Nullable Double highest,
      List<Long> histogram) {}

  public static String toJson(List<Cut> cuts) {
    return JsonMapper.shared()
        .writeValueAsString(
            cuts.stream()
                .map(cut ->
                    new Kept(
                        cut.round(),
                        cut.stratum(),
                        cut.scored(),
                        cut.unscored(),
                        cut.lowest(),
                        Double.isInfinite(cut.highest()) ? null : cut.highest(),
                        cut.histogram()))
                .toList());
  }

  public static List<Cut> parse(String json) {
    return JsonMapper.shared().readValue(json, LIST).stream()
        .map(kept ->
            new Cut(
                kept.round,
                kept.stratum,
                kept.scored,
                kept.unscored,
                kept.lowest,
                kept.highest == null ? Double.POSITIVE_INFINITY : kept.highest,
                kept.histogram))
        .toList();
  }
}
