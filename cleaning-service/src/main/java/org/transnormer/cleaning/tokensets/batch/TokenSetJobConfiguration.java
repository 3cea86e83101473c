package org.transnormer.cleaning.tokensets.batch;

import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.CleaningProperties;
import org.transnormer.cleaning.tokensets.LaunchTokenSet;
import org.transnormer.cleaning.tokensets.TokenSets;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.cleaning.work.batch.StagedJob;
import org.transnormer.cleaning.work.batch.WorkListener;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.store.Scratch;

@Configuration(proxyBeanMethods = false)
class TokenSetJobConfiguration {

  @Bean
  Job tokenSetJob(
      JobRepository repository,
      StageSteps stages,
      TokenSets tokenSets,
      ObjectStore store,
      Scratch scratch,
      PartitionResults results,
      Transactions transactions,
      CleaningProperties properties,
      WorkListener listener) {
    TokenSetSteps steps =
        new TokenSetSteps(
            tokenSets, store, scratch, results, transactions, properties.statisticsTokens());
    StagedJob job =
        new StagedJob(
            WorkKind.TOKEN_SET.label(),
            repository,
            List.of(
                stages.wide(LaunchTokenSet.TOKENS, steps::plan, steps::tokens),
                stages.single(LaunchTokenSet.ASSEMBLE, steps::assemble)),
            parameters -> List.of(LaunchTokenSet.TOKENS, LaunchTokenSet.ASSEMBLE));
    job.registerJobExecutionListener(listener);
    return job;
  }
}
