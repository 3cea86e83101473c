package org.transnormer.cleaning.runs.web;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.decide.Explanation;
import org.transnormer.cleaning.decide.Verdict;

/**
 * Why a document was kept or dropped.
 *
 * @param stage who dropped it; absent if it was kept
 * @param reason machine-readable: a rule's name or what the stage calls it
 * @param value what was measured, where the reason has a measure
 * @param limit what the value was held against
 * @param values what every rule measured, applied or not; rules with nothing to measure are absent
 * @param cluster the largest cluster of duplicates that the document is in
 * @param split train or heldout, if it was kept
 */
record VerdictView(
    String documentId,
    String cleaningRunId,
    boolean kept,
    @Nullable String stage,
    @Nullable String reason,
    @Nullable Double value,
    @Nullable Double limit,
    Map<String, Double> values,
    @Nullable ClusterView cluster,
    List<ClusterView> clusters,
    @Nullable String split,
    String source,
    String language,
    double languageConfidence,
    List<ScoreView> scores) {

  /**
   * @param id smallest document id of the cluster
   * @param survivor whether this document is the one that stays
   */
  record ClusterView(String id, String likeness, int size, boolean survivor) {}

  /**
   * @param state scored, unscored or not-asked
   */
  record ScoreView(
      int round,
      String state,
      @Nullable Double natsPerToken,
      long tokens,
      @Nullable String reason) {}

  static VerdictView of(String runId, Explanation explained) {
    Verdict verdict = explained.verdict();
    List<ClusterView> clusters =
        explained.clusters().stream()
            .map(each ->
                new ClusterView(
                    each.representative(), each.likeness().label(), each.size(), each.survivor()))
            .toList();
    return new VerdictView(
        explained.documentId(),
        runId,
        verdict.kept(),
        stage(verdict),
        reason(verdict),
        verdict instanceof Verdict.Dropped dropped ? finite(dropped.value()) : null,
        verdict instanceof Verdict.Dropped dropped ? finite(dropped.limit()) : null,
        values(explained.values()),
        clusters.stream().max(Comparator.comparing(ClusterView::size)).orElse(null),
        clusters,
        verdict instanceof Verdict.Kept(Verdict.Split split) ? split.label() : null,
        explained.source(),
        explained.language().code(),
        finite(explained.language().confidence()) == null ? 0 : explained.language().confidence(),
        explained.scores().stream().map(VerdictView::score).toList());
  }

  private static @Nullable String stage(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Kept _ -> null;
      case Verdict.Dropped dropped -> dropped.stage().label();
      case Verdict.Failed _ -> "annotate";
    };
  }

  private static @Nullable String reason(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Kept _ -> null;
      case Verdict.Dropped dropped -> dropped.reason();
      case Verdict.Failed failed -> failed.reason();
    };
  }

  private static ScoreView score(Explanation.Score score) {
    return new ScoreView(
        score.round(),
        score.state(),
        finite(score.nats()),
        score.tokens(),
        score.reason().isEmpty() ? null : score.reason());
  }

  private static Map<String, Double> values(Map<String, Double> measured) {
    Map<String, Double> values = new TreeMap<>();
    measured.forEach((rule, value) -> {
      if (Double.isFinite(value)) {
        values.put(rule, value);
      }
    });
    return values;
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? Double.valueOf(value) : null;
  }
}
