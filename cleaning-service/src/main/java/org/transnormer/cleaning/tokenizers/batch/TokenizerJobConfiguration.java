package org.transnormer.cleaning.tokenizers.batch;

import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.CleaningProperties;
import org.transnormer.cleaning.tokenizers.LaunchTokenizer;
import org.transnormer.cleaning.tokenizers.TextSample;
import org.transnormer.cleaning.tokenizers.TokenizerRecord;
import org.transnormer.cleaning.tokenizers.TokenizerStore;
import org.transnormer.cleaning.tokenizers.Tokenizers;
import org.transnormer.cleaning.tokenizers.TrainTokenizer;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.batch.Fenced;
import org.transnormer.cleaning.work.batch.PartProgress;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.cleaning.work.batch.StagedJob;
import org.transnormer.cleaning.work.batch.WorkJobs;
import org.transnormer.cleaning.work.batch.WorkListener;
import org.transnormer.model.tokenizer.TokenizerJson;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.removal.ClaimArtifacts;

@Configuration(proxyBeanMethods = false)
class TokenizerJobConfiguration {

  /** The seed of the sample; a constant, so that a snapshot has one tokenizer of a size. */
  private static final long SEED = 1;

  @Bean
  Job tokenizerJob(
      JobRepository repository,
      StageSteps stages,
      Tokenizers tokenizers,
      ObjectStore store,
      ClaimArtifacts claim,
      Transactions transactions,
      CleaningProperties properties,
      WorkListener listener) {
    Training training = new Training(tokenizers, store, claim, transactions, properties);
    StagedJob job =
        new StagedJob(
            WorkKind.TOKENIZER.label(),
            repository,
            List.of(stages.single(LaunchTokenizer.STAGE, training::run)),
            parameters -> List.of(LaunchTokenizer.STAGE));
    job.registerJobExecutionListener(listener);
    return job;
  }

  private record Training(
      Tokenizers tokenizers,
      ObjectStore store,
      ClaimArtifacts claim,
      Transactions transactions,
      CleaningProperties properties) {

    void run(PartitionContext partition) throws Exception {
      String id = WorkJobs.workId(partition.job());
      TokenizerRecord order = tokenizers.find(id).orElseThrow();
      String snapshotId = order.snapshotId();
      if (snapshotId == null) {
        throw new IllegalStateException("the tokenizer has nothing to learn from");
      }
      Snapshot snapshot = Snapshot.read(store, snapshotId);
      TextSample sample =
          TextSample.ofTrainText(properties.tokenizerText().toBytes(), snapshot.shards(), SEED);
      TokenizerJson tokenizer =
          PartProgress.run(
              partition,
              snapshot.trainDocuments(),
              "documents",
              progress ->
                  new TrainTokenizer(store, properties.threads())
                      .train(snapshot.shards(), sample, order.vocabSize(), progress));
      FailPoints.hit("cleaning.tokenizer.beforeCommit");
      String prefix = new TokenizerStore(store).put(tokenizer);
      partition.count("read", snapshot.trainDocuments());
      partition.count("written", snapshot.trainDocuments());
      partition.result("sha256", tokenizer.sha256());
      Fenced.commit(
          transactions,
          partition,
          () -> {
            claim.claim(List.of(prefix));
            tokenizers.made(id, tokenizer.sha256(), prefix, tokenizer.vocabSize());
          });
    }
  }
}
