package org.transnormer.cleaning.runs.batch;

import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.CleaningProperties;
import org.transnormer.cleaning.language.LanguageDetection;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.Corpora;
import org.transnormer.cleaning.runs.RunDecisions;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.work.StagePlan;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.Works;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.cleaning.work.batch.StagedJob;
import org.transnormer.cleaning.work.batch.WorkJobs;
import org.transnormer.cleaning.work.batch.WorkListener;
import org.transnormer.support.Transactions;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.removal.ClaimArtifacts;
import org.transnormer.support.store.Scratch;

@Configuration(proxyBeanMethods = false)
class CleaningJobConfiguration {

  @Bean
  LanguageDetection languageDetection() {
    return new LanguageDetection();
  }

  @Bean
  AnnotateSteps annotateSteps(
      StageSteps stages,
      CleaningRuns runs,
      Corpora corpora,
      ObjectStore store,
      Scratch scratch,
      LanguageDetection languages,
      ClaimArtifacts claim,
      Transactions transactions,
      CleaningProperties properties) {
    return new AnnotateSteps(
        stages,
        runs,
        corpora,
        store,
        scratch,
        languages,
        claim,
        transactions,
        properties.memory().toBytes());
  }

  @Bean
  DecideSteps decideSteps(
      StageSteps stages,
      CleaningRuns runs,
      RunDecisions decisions,
      ObjectStore store,
      Works works,
      Outbox outbox,
      Transactions transactions) {
    return new DecideSteps(stages, runs, decisions, store, works, outbox, transactions);
  }

  @Bean
  Job cleaningJob(
      JobRepository repository,
      AnnotateSteps annotate,
      DecideSteps decide,
      RoundStepFactory rounds,
      CleaningRuns runs,
      WorkListener listener) {
    List<Step> steps = new ArrayList<>(annotate.steps());
    steps.add(decide.decide(1));
    for (int round = 1; round <= Recipe.MOST_ROUNDS; round++) {
      steps.addAll(rounds.steps(round));
      steps.add(decide.decide(round + 1));
    }
    steps.add(decide.materialise());
    StagedJob job =
        new StagedJob(
            WorkKind.CLEANING.label(),
            repository,
            steps,
            parameters ->
                RunStages.of(runs.find(WorkJobs.workId(parameters)).orElseThrow().recipe()).stream()
                    .map(StagePlan::name)
                    .toList());
    job.registerJobExecutionListener(listener);
    return job;
  }
}
