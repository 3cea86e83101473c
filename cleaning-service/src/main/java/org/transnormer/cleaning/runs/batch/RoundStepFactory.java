package org.transnormer.cleaning.runs.batch;

import java.util.List;
import org.springframework.batch.core.step.Step;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.work.batch.StageSteps;

/** The steps of a round, in order. */
public final class RoundStepFactory {

  private final StageSteps stages;
  private final RoundSteps documents;
  private final TrainStage train;
  private final CutStages cuts;

  RoundStepFactory(StageSteps stages, RoundSteps documents, TrainStage train, CutStages cuts) {
    this.stages = stages;
    this.documents = documents;
    this.train = train;
    this.cuts = cuts;
  }

  /**
   * @param round from 1
   */
  public List<Step> steps(int round) {
    return List.of(
        documents.tokenizer(round),
        documents.tokens(round),
        stages.managed(RunStages.train(round), runId -> train.take(runId, round)),
        documents.score(round),
        cuts.cut(round),
        cuts.review(round));
  }
}
