package org.transnormer.cleaning.runs;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.work.StagePlan;

/** The stages of a cleaning run, by name. */
public final class RunStages {

  public static final String PLAN = "plan";
  public static final String ANNOTATE = "annotate";
  public static final String MERGE = "merge-duplicates";
  public static final String CLUSTER = "cluster-duplicates";
  public static final String MATERIALISE = "materialise";

  private static final String DOCUMENTS = "documents";
  private static final String SHARDS = "shards";

  private RunStages() {}

  /** The verdict before round {@code number}; the last one decides on the snapshot. */
  public static String decide(int number) {
    return "decide-" + number;
  }

  public static String tokenizer(int round) {
    return round(round, "tokenizer");
  }

  public static String tokens(int round) {
    return round(round, "tokens");
  }

  public static String train(int round) {
    return round(round, "train");
  }

  public static String score(int round) {
    return round(round, "score");
  }

  public static String cut(int round) {
    return round(round, "cut");
  }

  public static String review(int round) {
    return round(round, "review");
  }

  private static String round(int number, String what) {
    return "round-" + number + "-" + what;
  }

  public static List<StagePlan> of(Recipe recipe) {
    List<StagePlan> stages = new ArrayList<>();
    stages.add(new StagePlan(PLAN, SHARDS));
    stages.add(new StagePlan(ANNOTATE, DOCUMENTS));
    stages.add(new StagePlan(MERGE, "ranges"));
    stages.add(new StagePlan(CLUSTER, "passes"));
    stages.add(new StagePlan(decide(1), DOCUMENTS));
    for (int round = 1; round <= recipe.rounds().size(); round++) {
      stages.add(new StagePlan(tokenizer(round), DOCUMENTS));
      stages.add(new StagePlan(tokens(round), DOCUMENTS));
      stages.add(new StagePlan(train(round), "steps"));
      stages.add(new StagePlan(score(round), DOCUMENTS));
      stages.add(new StagePlan(cut(round), "passes"));
      stages.add(new StagePlan(review(round), "review items"));
      stages.add(new StagePlan(decide(round + 1), DOCUMENTS));
    }
    stages.add(new StagePlan(MATERIALISE, SHARDS));
    return stages;
  }
}
