package org.transnormer.cleaning.decide;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.transnormer.cleaning.decide.Counts.Reason;
import org.transnormer.cleaning.decide.Verdict.Stage;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.recipe.RoundSpec;
import org.transnormer.cleaning.recipe.RuleLimit;
import org.transnormer.cleaning.sidecar.ClusterWriter;
import org.transnormer.cleaning.sidecar.ScoreWriter;
import org.transnormer.cleaning.sidecar.ShardSidecars;
import org.transnormer.cleaning.sidecar.ShardSidecars.Clusters;
import org.transnormer.cleaning.sidecar.ShardSidecars.Scores;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/** Judges the documents of one shard, stage by stage; who is dropped is not judged any further. */
final class ShardDecider {
  static final String EXACT_DUPLICATE = "exact_duplicate";
  static final String NEAR_DUPLICATE = "near_duplicate";
  static final String TOO_LOW = "perplexity_too_low";
  static final String TOO_HIGH = "perplexity_too_high";
  static final String REJECTED = "rejected_by_review";

  /** No verdict yet. */
  private static final int OPEN = -4;

  private final Recipe recipe;
  private final int shard;
  private final ShardSidecars sidecars;
  private final long offset;
  private final RuleVerdicts rules;
  private final Map<Likeness, Clusters> clusters = new EnumMap<>(Likeness.class);
  private final List<Reason> reasons = new ArrayList<>();
  private final int[] codes;
  private final double[] values;
  private final double[] limits;
  private final boolean[] unscored;

  /**
   * @param offset dense id of the shard's first document
   */
  ShardDecider(Recipe recipe, int shard, ShardSidecars sidecars, long offset) throws IOException {
    this.recipe = recipe;
    this.shard = shard;
    this.sidecars = sidecars;
    this.offset = offset;
    this.rules = RuleVerdicts.of(recipe, sidecars);
    int documents = sidecars.documents();
    this.codes = new int[documents];
    this.values = new double[documents];
    this.limits = new double[documents];
    this.unscored = new boolean[documents];
    Arrays.fill(codes, OPEN);
    Arrays.fill(values, Double.NaN);
    Arrays.fill(limits, Double.NaN);
    applyRules();
  }

  private void applyRules() {
    for (RuleLimit rule : recipe.rules()) {
      reasons.add(new Reason(Stage.RULES, rule.rule()));
    }
    for (int ordinal = 0; ordinal < codes.length; ordinal++) {
      int failing = rules.failing()[ordinal];
      if (failing == RuleVerdicts.FAILED) {
        codes[ordinal] = ShardDecision.FAILED;
      } else if (failing != RuleVerdicts.NONE) {
        drop(ordinal, failing, rules.values()[ordinal], recipe.rules().get(failing).limit());
      }
    }
  }

  private void drop(int ordinal, int code, double value, double limit) {
    codes[ordinal] = code;
    values[ordinal] = value;
    limits[ordinal] = limit;
  }

  private int code(Stage stage, String reason) {
    reasons.add(new Reason(stage, reason));
    return reasons.size() - 1;
  }

  Clusters clusters(Likeness likeness) throws IOException {
    Clusters known = clusters.get(likeness);
    if (known == null) {
      known = sidecars.clusters(likeness);
      clusters.put(likeness, known);
    }
    return known;
  }

  /** Proposes every clustered document as the one of its cluster that stays. */
  void propose(Likeness likeness, Survivors survivors) throws IOException {
    Clusters found = clusters(likeness);
    int[] lengths = sidecars.lengths();
    byte[] ids = sidecars.documentIds();
    for (int ordinal = 0; ordinal < codes.length; ordinal++) {
      long cluster = found.cluster()[ordinal];
      if (cluster != ClusterWriter.ALONE) {
        survivors.offer(cluster, rank(ordinal, lengths[ordinal]), ids, ordinal, offset + ordinal);
      }
    }
  }

  /** Kept by the rules first, then the recipe's order; failed documents come last. */
  private long rank(int ordinal, int length) {
    if (codes[ordinal] == ShardDecision.FAILED) {
      return Long.MIN_VALUE + 1;
    }
    long order =
        switch (recipe.duplicates().survivor()) {
          case LONGEST -> length;
          case FIRST -> Long.MAX_VALUE / 4 - (offset + ordinal);
        };
    return rules.passes(ordinal) ? Long.MAX_VALUE / 2 + order : order;
  }

  void applyDuplicates(Likeness likeness, Survivors survivors) throws IOException {
    int code =
        switch (likeness) {
          case EXACT -> code(Stage.EXACT_DUPLICATES, EXACT_DUPLICATE);
          case NEAR -> code(Stage.NEAR_DUPLICATES, NEAR_DUPLICATE);
        };
    Clusters found = clusters(likeness);
    for (int ordinal = 0; ordinal < codes.length; ordinal++) {
      long cluster = found.cluster()[ordinal];
      if (codes[ordinal] == OPEN
          && cluster != ClusterWriter.ALONE
          && survivors.of(cluster) != offset + ordinal) {
        drop(ordinal, code, found.size()[ordinal], 1);
      }
    }
  }

  /** Names of the strata that the documents belong to in a round. */
  String[] strata(RoundSpec round) throws IOException {
    return switch (round.cut().strata()) {
      case CORPUS -> {
        String[] all = new String[codes.length];
        Arrays.fill(all, "");
        yield all;
      }
      case LANGUAGE -> sidecars.languages();
      case SOURCE -> sidecars.sources();
    };
  }

  /** Takes one document that is still in. */
  @FunctionalInterface
  interface Open {
    void document(int ordinal, String stratum, Scores scores);
  }

  /**
   * @param round counted from 1
   */
  void forEachOpen(int round, Open open) throws IOException {
    Scores scores = sidecars.scores(round);
    String[] strata = strata(recipe.rounds().get(round - 1));
    for (int ordinal = 0; ordinal < codes.length; ordinal++) {
      if (codes[ordinal] == OPEN) {
        open.document(ordinal, strata[ordinal], scores);
      }
    }
  }

  void collect(int round, Strata into) throws IOException {
    forEachOpen(
        round,
        (ordinal, stratum, scores) -> {
          if (scores.scored(ordinal)) {
            into.add(stratum, scores.nats()[ordinal]);
          } else if (scores.state()[ordinal].equals(ScoreWriter.UNSCORED)) {
            into.addUnscored(stratum);
          }
        });
  }

  void applyCuts(int round, Strata.Cuts cuts, ReviewDecisions review) throws IOException {
    int low = code(Stage.SELF_CLEANING, TOO_LOW);
    int high = code(Stage.SELF_CLEANING, TOO_HIGH);
    forEachOpen(
        round,
        (ordinal, stratum, scores) -> {
          Cut cut = cuts.byStratum().get(stratum);
          if (!scores.scored(ordinal) || cut == null) {
            unscored[ordinal] = true;
            return;
          }
          double nats = scores.nats()[ordinal];
          if (review.accepts(shard, ordinal)) {
            return;
          }
          if (cut.tooLow(nats)) {
            drop(ordinal, low, Math.exp(nats), Math.exp(cut.lowest()));
          } else if (cut.tooHigh(nats)) {
            drop(ordinal, high, Math.exp(nats), Math.exp(cut.highest()));
          }
        });
  }

  ShardDecision finish(ReviewDecisions review) throws IOException {
    int rejected = code(Stage.REVIEW, REJECTED);
    HeldOutSplit split = new HeldOutSplit(recipe.heldOut());
    byte[] ids = sidecars.documentIds();
    Clusters widest = widest();
    long missing = 0;
    for (int ordinal = 0; ordinal < codes.length; ordinal++) {
      if (codes[ordinal] != OPEN) {
        continue;
      }
      if (review.rejects(shard, ordinal)) {
        drop(ordinal, rejected, Double.NaN, Double.NaN);
        continue;
      }
      boolean alone = widest == null || widest.cluster()[ordinal] == ClusterWriter.ALONE;
      byte[] drawn = alone || widest == null ? ids : widest.representative();
      codes[ordinal] =
          split.holdsOut(drawn, ordinal) ? ShardDecision.HELD_OUT : ShardDecision.TRAIN;
      missing += unscored[ordinal] ? 1 : 0;
    }
    return new ShardDecision(codes, values, limits, reasons, rules.failures(), missing);
  }

  /** Clusters of near duplicates take in the exact ones. */
  private @org.jspecify.annotations.Nullable Clusters widest() throws IOException {
    if (recipe.duplicates().near()) {
      return clusters(Likeness.NEAR);
    }
    return recipe.duplicates().exact() ? clusters(Likeness.EXACT) : null;
  }
}
