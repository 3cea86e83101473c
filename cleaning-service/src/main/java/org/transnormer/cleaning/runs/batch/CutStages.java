package org.transnormer.cleaning.runs.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.core.step.Step;
import org.transnormer.cleaning.decide.Cut;
import org.transnormer.cleaning.decide.ReviewCandidate;
import org.transnormer.cleaning.review.ReviewItem;
import org.transnormer.cleaning.review.ReviewItem.State;
import org.transnormer.cleaning.review.ReviewItems;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.rounds.RoundCuts;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.RunDecisions;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.work.Works;
import org.transnormer.cleaning.work.batch.Fenced;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.cleaning.work.batch.WorkJobs;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;

/** Percentiles of the scores, and the sample that people look at. */
final class CutStages {

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final StageSteps stages;
  private final CleaningRuns runs;
  private final EvaluationRounds rounds;
  private final RunDecisions decisions;
  private final ReviewItems review;
  private final Works works;
  private final Transactions transactions;

  CutStages(
      StageSteps stages,
      CleaningRuns runs,
      EvaluationRounds rounds,
      RunDecisions decisions,
      ReviewItems review,
      Works works,
      Transactions transactions) {
    this.stages = stages;
    this.runs = runs;
    this.rounds = rounds;
    this.decisions = decisions;
    this.review = review;
    this.works = works;
    this.transactions = transactions;
  }

  Step cut(int round) {
    return stages.single(RunStages.cut(round), partition -> cut(partition, round));
  }

  Step review(int round) {
    return stages.managed(RunStages.review(round), runId -> review(runId, round));
  }

  private void cut(PartitionContext partition, int round) throws Exception {
    CleaningRun run = runs.find(WorkJobs.workId(partition.job())).orElseThrow();
    List<Cut> cuts;
    List<ReviewItem> items;
    try (var opened = decisions.open(run, round)) {
      cuts = opened.decisions().cuts(round);
      items = items(run, round, opened.decisions().reviewSample(round));
    }
    long scored = cuts.stream().mapToLong(Cut::scored).sum();
    long unscored = cuts.stream().mapToLong(Cut::unscored).sum();
    partition.count("scored", scored);
    partition.count("unscored", unscored);
    Fenced.commit(
        transactions,
        partition,
        () -> {
          rounds.scored(run.id(), round, scored, unscored);
          rounds.cut(run.id(), round, RoundCuts.toJson(cuts));
          review.add(items);
        });
  }

  private static List<ReviewItem> items(
      CleaningRun run, int round, List<ReviewCandidate> candidates) {
    boolean auto = run.recipe().rounds().get(round - 1).review().autoAccept();
    State state = auto ? State.AUTO_ACCEPTED : State.PENDING;
    List<ReviewItem> items = new ArrayList<>();
    for (ReviewCandidate each : candidates) {
      items.add(
          new ReviewItem(
              Ids.next(),
              run.id(),
              round,
              each.documentId(),
              each.shard(),
              each.ordinal(),
              each.stratum(),
              each.nats(),
              each.limit(),
              each.kept(),
              state,
              null,
              null));
    }
    return items;
  }

  /** People are waited for, unless the recipe lets the cut stand. */
  private boolean review(String runId, int round) throws InterruptedException {
    long pending = review.pending(runId, round);
    if (pending == 0) {
      review.apply(runId, round);
      return true;
    }
    String noun = pending == 1 ? "1 document waits" : pending + " documents wait";
    works.note(runId, RunStages.review(round), noun + " for review");
    Thread.sleep(PAUSE); // one turn of a managed stage; a stop takes effect between turns
    return false;
  }
}
