package org.transnormer.cleaning.runs.web;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.transnormer.cleaning.decide.Cut;
import org.transnormer.cleaning.recipe.RoundSpec.CutSpec;
import org.transnormer.cleaning.review.ReviewItem.State;
import org.transnormer.cleaning.review.ReviewItems;
import org.transnormer.cleaning.rounds.EvaluationRound;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.rounds.EvaluationTrainings.Checkpoint;
import org.transnormer.cleaning.rounds.RoundCuts;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.web.CleaningRunView.CountsView;
import org.transnormer.cleaning.runs.web.CleaningRunView.DropView;
import org.transnormer.cleaning.runs.web.CleaningRunView.DuplicatesView;
import org.transnormer.cleaning.runs.web.CleaningRunView.RecipeRef;
import org.transnormer.cleaning.runs.web.CleaningRunView.ReviewCounts;
import org.transnormer.cleaning.runs.web.CleaningRunView.RoundSummary;
import org.transnormer.cleaning.runs.web.CleaningRunView.StratumCut;
import org.transnormer.cleaning.work.Stage;
import org.transnormer.cleaning.work.Works;
import org.transnormer.cleaning.work.web.WorkViews;

/** Gathers what the view of a run shows. */
@Component
class CleaningRunViews {

  private final Works works;
  private final WorkViews workViews;
  private final EvaluationRounds rounds;
  private final ReviewItems review;

  CleaningRunViews(Works works, WorkViews workViews, EvaluationRounds rounds, ReviewItems review) {
    this.works = works;
    this.workViews = workViews;
    this.rounds = rounds;
    this.review = review;
  }

  CleaningRunView view(CleaningRun run) {
    List<Stage> stages = works.stages(run.id());
    return new CleaningRunView(
        run.id(),
        run.corpusId(),
        new RecipeRef(run.recipe().name(), run.recipe().version(), run.recipeHash()),
        workViews.status(run.work(), stages),
        workViews.stages(stages),
        drops(run),
        duplicates(run.duplicates()),
        round(run),
        review(run),
        counts(run.result()),
        run.result() == null ? null : run.result().snapshotId(),
        WorkViews.jobId(run.work()),
        run.work().launchedBy(),
        run.work().createdAt());
  }

  private List<DropView> drops(CleaningRun run) {
    return works.drops(run.id()).entrySet().stream()
        .map(drop -> new DropView(drop.getKey().stage(), drop.getKey().reason(), drop.getValue()))
        .toList();
  }

  private static @Nullable DuplicatesView duplicates(CleaningRun.@Nullable Duplicates found) {
    return found == null
        ? null
        : new DuplicatesView(
            found.exactClusters(), found.nearClusters(), found.clusteredDocuments());
  }

  private static @Nullable CountsView counts(CleaningRun.@Nullable Result result) {
    return result == null
        ? null
        : new CountsView(result.documents(), result.kept(), result.train(), result.heldout());
  }

  /** The latest round that has begun, else the first. */
  private @Nullable RoundSummary round(CleaningRun run) {
    List<EvaluationRound> all = rounds.of(run.id());
    if (all.isEmpty()) {
      return null;
    }
    EvaluationRound latest =
        all.stream()
            .filter(each -> each.tokenizer() != null)
            .reduce((first, second) -> second)
            .orElse(all.getFirst());
    CutSpec spec = run.recipe().rounds().get(latest.number() - 1).cut();
    List<Cut> cuts = latest.cut() == null ? List.of() : RoundCuts.parse(latest.cut());
    Checkpoint checkpoint = latest.checkpoint();
    return new RoundSummary(
        latest.number(),
        latest.trainingRunId(),
        checkpoint == null ? null : checkpoint.id(),
        checkpoint == null ? null : checkpoint.heldoutLoss(),
        latest.window(),
        latest.scored(),
        latest.unscored(),
        100 - spec.highestPercent(),
        spec.lowestPercent(),
        cuts.size() == 1 && Double.isFinite(cuts.getFirst().highest())
            ? Double.valueOf(cuts.getFirst().highest())
            : null,
        cuts.stream().map(StratumCut::of).toList(),
        cuts.isEmpty() ? null : sum(cuts),
        Cut.HISTOGRAM_NATS,
        latest.autoAccept());
  }

  private static List<Long> sum(List<Cut> cuts) {
    List<Long> sum = new ArrayList<>(Collections.nCopies(cuts.getFirst().histogram().size(), 0L));
    for (Cut cut : cuts) {
      for (int bin = 0; bin < sum.size(); bin++) {
        sum.set(bin, sum.get(bin) + cut.histogram().get(bin));
      }
    }
    return sum;
  }

  private ReviewCounts review(CleaningRun run) {
    Map<State, Long> counts = review.counts(run.id());
    return new ReviewCounts(
        counts.getOrDefault(State.PENDING, 0L),
        counts.getOrDefault(State.ACCEPTED, 0L),
        counts.getOrDefault(State.REJECTED, 0L),
        counts.getOrDefault(State.UNSURE, 0L),
        counts.getOrDefault(State.AUTO_ACCEPTED, 0L));
  }
}
