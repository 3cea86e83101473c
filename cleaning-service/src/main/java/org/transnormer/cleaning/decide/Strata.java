package org.transnormer.cleaning.decide;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.transnormer.cleaning.recipe.RoundSpec.CutSpec;

/** Scores of one round by stratum, and the cuts they give. */
final class Strata {

  private static final class Stratum {
    private final ScoreHistogram scores = new ScoreHistogram();
    private long unscored;
  }

  private final Map<String, Stratum> byName = new TreeMap<>();

  void add(String stratum, double nats) {
    byName.computeIfAbsent(stratum, _ -> new Stratum()).scores.add(nats);
  }

  void addUnscored(String stratum) {
    byName.computeIfAbsent(stratum, _ -> new Stratum()).unscored++;
  }

  Cuts cuts(int round, CutSpec spec) {
    Map<String, Cut> cuts = new TreeMap<>();
    Map<String, ScoreHistogram> histograms = new TreeMap<>();
    Stratum pool = new Stratum();
    List<String> pooled = new ArrayList<>();
    byName.forEach((name, stratum) -> {
      if (stratum.scores.count() < spec.minimum()) {
        pool.scores.addAll(stratum.scores);
        pool.unscored += stratum.unscored;
        pooled.add(name);
      } else {
        cuts.put(name, cut(round, name, stratum, spec));
        histograms.put(name, stratum.scores);
      }
    });
    if (!pooled.isEmpty()) {
      String name = byName.size() == 1 ? pooled.getFirst() : Cut.POOLED;
      Cut cut = cut(round, name, pool, spec);
      pooled.forEach(each -> cuts.put(each, cut));
      histograms.put(name, pool.scores);
    }
    return new Cuts(cuts, histograms);
  }

  private static Cut cut(int round, String name, Stratum stratum, CutSpec spec) {
    ScoreHistogram scores = stratum.scores;
    long low = share(scores.count(), spec.lowestPercent());
    long high = share(scores.count(), spec.highestPercent());
    return new Cut(
        round,
        name,
        scores.count(),
        stratum.unscored,
        low == 0 ? 0 : scores.edgeAbove(low),
        high == 0 ? Double.POSITIVE_INFINITY : scores.edgeBelow(high),
        Arrays.stream(scores.coarse(Cut.HISTOGRAM_NATS, Cut.HISTOGRAM_BINS)).boxed().toList());
  }

  /** Rounded down: never more than the percentage. */
  static long share(long count, double percent) {
    return (long) Math.floor(count * percent / 100 + 1e-9);
  }

  /**
   * @param byStratum small strata share a cut
   * @param histograms by the names of the cuts
   */
  record Cuts(Map<String, Cut> byStratum, Map<String, ScoreHistogram> histograms) {
    List<Cut> distinct() {
      return byStratum.values().stream().distinct().toList();
    }
  }
}
