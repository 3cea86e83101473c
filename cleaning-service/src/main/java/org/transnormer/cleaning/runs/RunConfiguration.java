package org.transnormer.cleaning.runs;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.recipe.Recipes;
import org.transnormer.cleaning.review.ReviewItems;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.Transactions;
import org.transnormer.support.removal.Announcements;

@Configuration(proxyBeanMethods = false)
class RunConfiguration {

  @Bean
  StartCleaning startCleaning(
      Recipes recipes,
      Corpora corpora,
      CleaningRuns runs,
      EvaluationRounds rounds,
      Works works,
      Announcements announcements,
      AuditTrail audit,
      Transactions transactions,
      LaunchWork launcher) {
    return new StartCleaning(
        recipes, corpora, runs, rounds, works, announcements, audit, transactions, launcher);
  }

  @Bean
  RunDecisions runDecisions(ObjectStore store, CleaningRuns runs, ReviewItems review) {
    return new RunDecisions(store, runs, review);
  }

  @Bean
  RunExplorer runExplorer(
      ObjectStore store,
      CleaningRuns runs,
      RunDecisions decisions,
      EvaluationRounds rounds,
      Works works,
      Corpora corpora) {
    return new RunExplorer(store, runs, decisions, rounds, works, corpora);
  }
}
