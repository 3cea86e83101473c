package org.transnormer.cleaning.rounds.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.cleaning.decide.Cut;
import org.transnormer.cleaning.review.Precision;
import org.transnormer.cleaning.review.ReviewItems;
import org.transnormer.cleaning.rounds.EvaluationRound;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.rounds.EvaluationTrainings.Checkpoint;
import org.transnormer.cleaning.rounds.RoundCuts;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.Page;
import org.transnormer.support.problems.NotFoundProblem;

@RestController
@Tag(
    name = "rounds",
    description =
        "Rounds of self-cleaning: a small model scores the corpus, and its bad tail is cut")
@RequestMapping("/api/v1/cleaning-runs/{id}/rounds")
class RoundController {

  private final EvaluationRounds rounds;
  private final ReviewItems review;
  private final Works works;

  RoundController(EvaluationRounds rounds, ReviewItems review, Works works) {
    this.rounds = rounds;
    this.review = review;
    this.works = works;
  }

  /**
   * @param tokenizer SHA-256 of the round's own tokenizer
   * @param autoAccept the cut stood without a person
   * @param cutPrecision how far people agree with what the cut drops
   * @param keepPrecision how far people agree with what the cut keeps near it
   */
  record RoundView(
      int number,
      int windowTokens,
      boolean autoAccept,
      @Nullable String tokenizer,
      @Nullable String tokenSetPrefix,
      @Nullable String evaluationRunId,
      @Nullable String checkpointId,
      @Nullable String checkpointPrefix,
      @Nullable String checkpointDigest,
      @Nullable Double heldoutLoss,
      @Nullable Long scored,
      @Nullable Long unscored,
      List<CutView> cuts,
      double histogramNats,
      Precision cutPrecision,
      Precision keepPrecision) {}

  /**
   * @param lowest nats per token below which documents go
   * @param highest nats per token from which on documents go; absent if none does
   */
  record CutView(
      String stratum,
      long scored,
      long unscored,
      double lowest,
      @Nullable Double highest,
      List<Long> histogram) {

    static CutView of(Cut cut) {
      return new CutView(
          cut.stratum(),
          cut.scored(),
          cut.unscored(),
          cut.lowest(),
          Double.isFinite(cut.highest()) ? Double.valueOf(cut.highest()) : null,
          cut.histogram());
    }
  }

  @Operation(summary = "List the rounds of a cleaning run")
  @GetMapping
  Page<RoundView> list(@PathVariable String id) {
    if (works.find(id).isEmpty()) {
      throw new NotFoundProblem("cleaning run", id);
    }
    return new Page<>(rounds.of(id).stream().map(this::view).toList(), null);
  }

  @Operation(summary = "A round with its model, its cuts and how far people agree")
  @GetMapping("/{number}")
  RoundView one(@PathVariable String id, @PathVariable int number) {
    return rounds
        .find(id, number)
        .map(this::view)
        .orElseThrow(() -> new NotFoundProblem("round of cleaning run " + id + ":", "" + number));
  }

  private RoundView view(EvaluationRound round) {
    Checkpoint checkpoint = round.checkpoint();
    List<Cut> cuts = round.cut() == null ? List.of() : RoundCuts.parse(round.cut());
    return new RoundView(
        round.number(),
        round.window(),
        round.autoAccept(),
        round.tokenizer(),
        round.tokenSetPrefix(),
        round.trainingRunId(),
        checkpoint == null ? null : checkpoint.id(),
        checkpoint == null ? null : checkpoint.prefix(),
        checkpoint == null ? null : checkpoint.digest(),
        checkpoint == null ? null : checkpoint.heldoutLoss(),
        round.scored(),
        round.unscored(),
        cuts.stream().map(CutView::of).toList(),
        Cut.HISTOGRAM_NATS,
        review.precision(round.runId(), round.number(), false),
        review.precision(round.runId(), round.number(), true));
  }
}
