package org.transnormer.cleaning.decide;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.cleaning.language.DetectedLanguage;
import org.transnormer.cleaning.rules.Rule;
import org.transnormer.cleaning.rules.RuleCatalogue;
import org.transnormer.cleaning.sidecar.ClusterWriter;
import org.transnormer.cleaning.sidecar.RuleColumns;
import org.transnormer.cleaning.sidecar.ShardSidecars;
import org.transnormer.cleaning.sidecar.ShardSidecars.Clusters;
import org.transnormer.cleaning.sidecar.ShardSidecars.Scores;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/**
 * Why a document was kept or dropped.
 *
 * @param values what every rule measured, applied or not; NaN where there was nothing to measure
 * @param clusters of duplicates that the document is in
 * @param scores one per self-cleaning round that has been scored
 */
public record Explanation(
    String documentId,
    String source,
    DetectedLanguage language,
    Verdict verdict,
    Map<String, Double> values,
    List<Membership> clusters,
    List<Score> scores) {

  /**
   * @param survivor whether this document is the one of the cluster that stays
   * @param representative smallest document id in the cluster; names it
   */
  public record Membership(
      Likeness likeness, long cluster, int size, String representative, boolean survivor) {}

  /**
   * @param state {@code scored}, {@code unscored} or {@code not-asked}
   * @param nats mean per token; NaN if not scored
   */
  public record Score(int round, String state, double nats, long tokens, String reason) {}

  static Explanation of(Decisions decisions, int shard, int ordinal) throws IOException {
    ShardSidecars sidecars = decisions.corpus().shard(shard);
    if (ordinal < 0 || ordinal >= sidecars.documents()) {
      throw new IndexOutOfBoundsException("no document " + ordinal + " of " + sidecars.documents());
    }
    Map<String, Double> values = new LinkedHashMap<>();
    DetectedLanguage language;
    try (RuleColumns columns = sidecars.rules()) {
      for (Rule rule : RuleCatalogue.of(decisions.recipe().profile()).rules()) {
        double[] column = columns.values(rule.name(), decisions.recipe().languages());
        values.put(rule.name(), column[ordinal]);
      }
      language =
          new DetectedLanguage(
              sidecars.languages()[ordinal],
              columns.values(RuleCatalogue.LANGUAGE, java.util.Set.of())[ordinal]);
    }
    return new Explanation(
        id(sidecars.documentIds(), ordinal),
        sidecars.sources()[ordinal],
        language,
        decisions.decide(shard).verdict(ordinal),
        values,
        memberships(decisions, sidecars, shard, ordinal),
        scores(decisions, sidecars, ordinal));
  }

  private static List<Membership> memberships(
      Decisions decisions, ShardSidecars sidecars, int shard, int ordinal) throws IOException {
    List<Membership> memberships = new ArrayList<>();
    for (Likeness likeness : decisions.likenesses()) {
      Clusters found = sidecars.clusters(likeness);
      long cluster = found.cluster()[ordinal];
      if (cluster != ClusterWriter.ALONE) {
        memberships.add(
            new Membership(
                likeness,
                cluster,
                found.size()[ordinal],
                id(found.representative(), ordinal),
                decisions.survives(likeness, cluster, shard, ordinal)));
      }
    }
    return memberships;
  }

  private static List<Score> scores(Decisions decisions, ShardSidecars sidecars, int ordinal)
      throws IOException {
    List<Score> scores = new ArrayList<>();
    for (int round = 1; round <= decisions.scoredRounds(); round++) {
      Scores found = sidecars.scores(round);
      scores.add(
          new Score(
              round,
              found.state()[ordinal],
              found.nats()[ordinal],
              found.tokens()[ordinal],
              found.reason()[ordinal]));
    }
    return scores;
  }

  private static String id(byte[] ids, int ordinal) {
    return HexFormat.of().formatHex(Arrays.copyOfRange(ids, ordinal * 16, ordinal * 16 + 16));
  }
}
