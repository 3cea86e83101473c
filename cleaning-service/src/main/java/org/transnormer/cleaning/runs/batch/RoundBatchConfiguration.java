package org.transnormer.cleaning.runs.batch;

import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.CleaningProperties;
import org.transnormer.cleaning.review.ReviewItems;
import org.transnormer.cleaning.rounds.EndedTrainings;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.rounds.EvaluationTrainings;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.RunDecisions;
import org.transnormer.cleaning.work.Works;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.removal.ClaimArtifacts;
import org.transnormer.support.store.Scratch;

@Configuration(proxyBeanMethods = false)
class RoundBatchConfiguration {

  @Bean
  RoundSteps roundSteps(
      StageSteps stages,
      CleaningRuns runs,
      EvaluationRounds rounds,
      ObjectStore store,
      Scratch scratch,
      ClaimArtifacts claim,
      Transactions transactions,
      CleaningProperties properties) {
    return new RoundSteps(
        stages, runs, rounds, store, scratch, claim, transactions, properties.threads());
  }

  @Bean
  TrainStage trainStage(
      CleaningRuns runs,
      EvaluationRounds rounds,
      EvaluationTrainings trainings,
      EndedTrainings ended,
      ObjectStore store,
      PartitionResults results,
      Works works,
      InstantSource clock) {
    return new TrainStage(
        runs, rounds, trainings, ended, new RoundTokenSet(store, runs, results), works, clock);
  }

  @Bean
  CutStages cutStages(
      StageSteps stages,
      CleaningRuns runs,
      EvaluationRounds rounds,
      RunDecisions decisions,
      ReviewItems review,
      Works works,
      Transactions transactions) {
    return new CutStages(stages, runs, rounds, decisions, review, works, transactions);
  }

  @Bean
  RoundStepFactory roundStepFactory(
      StageSteps stages, RoundSteps documents, TrainStage train, CutStages cuts) {
    return new RoundStepFactory(stages, documents, train, cuts);
  }
}
