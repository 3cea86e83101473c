package org.transnormer.cleaning.runs.batch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.step.Step;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.recipe.RoundSpec.EvaluationSpec;
import org.transnormer.cleaning.rounds.EvaluationRound;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.rounds.EvaluationTrainings;
import org.transnormer.cleaning.rounds.ScoreShard;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.DecidedShards;
import org.transnormer.cleaning.runs.RunArtifacts;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.tokenizers.TextSample;
import org.transnormer.cleaning.tokenizers.TokenizerStore;
import org.transnormer.cleaning.tokenizers.TrainTokenizer;
import org.transnormer.cleaning.tokensets.TokeniseShard;
import org.transnormer.cleaning.tokensets.TokenisedShard;
import org.transnormer.cleaning.work.batch.Fenced;
import org.transnormer.cleaning.work.batch.PartProgress;
import org.transnormer.cleaning.work.batch.ShardPartitions;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.cleaning.work.batch.WorkJobs;
import org.transnormer.model.tokenizer.TokenizerJson;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.removal.ClaimArtifacts;
import org.transnormer.support.store.Scratch;
import tools.jackson.databind.json.JsonMapper;

/** The steps of a round that work on documents. */
final class RoundSteps {

  /** What a byte-level token of English comes to; only the size of the sample hangs on it. */
  private static final int BYTES_PER_TOKEN = 3;

  private static final String TOKENISED = "tokenised";

  private final StageSteps stages;
  private final CleaningRuns runs;
  private final EvaluationRounds rounds;
  private final ObjectStore store;
  private final Scratch scratch;
  private final ClaimArtifacts claim;
  private final Transactions transactions;
  private final int threads;

  RoundSteps(
      StageSteps stages,
      CleaningRuns runs,
      EvaluationRounds rounds,
      ObjectStore store,
      Scratch scratch,
      ClaimArtifacts claim,
      Transactions transactions,
      int threads) {
    this.stages = stages;
    this.runs = runs;
    this.rounds = rounds;
    this.store = store;
    this.scratch = scratch;
    this.claim = claim;
    this.transactions = transactions;
    this.threads = threads;
  }

  Step tokenizer(int round) {
    return stages.single(RunStages.tokenizer(round), partition -> tokenizer(partition, round));
  }

  Step tokens(int round) {
    return stages.wide(
        RunStages.tokens(round),
        job -> perShard(job, round),
        partition -> tokens(partition, round));
  }

  Step score(int round) {
    return stages.wide(
        RunStages.score(round), job -> perShard(job, round), partition -> score(partition, round));
  }

  private CleaningRun run(JobParameters job) {
    return runs.find(WorkJobs.workId(job)).orElseThrow();
  }

  private EvaluationRound round(String runId, int round) {
    return rounds.find(runId, round).orElseThrow();
  }

  private static EvaluationSpec spec(CleaningRun run, int round) {
    return run.recipe().rounds().get(round - 1).evaluation();
  }

  private DecidedShards decided(CleaningRun run, int round) throws IOException {
    return DecidedShards.open(store, RunArtifacts.decisions(run.id(), round));
  }

  /** What the decision before the round keeps. */
  private List<SnapshotShard> kept(CleaningRun run, int round) throws IOException {
    DecidedShards decided = decided(run, round);
    List<SnapshotShard> kept = new ArrayList<>();
    for (AnnotatedShard shard : runs.annotatedShards(run.id())) {
      kept.add(decided.shard(shard));
    }
    return kept;
  }

  private Map<String, Map<String, String>> perShard(JobParameters job, int round)
      throws IOException {
    return ShardPartitions.each(
        kept(run(job), round),
        shard -> shard.train().getLongCardinality() + shard.heldout().getLongCardinality());
  }

  private void tokenizer(PartitionContext partition, int number) throws Exception {
    CleaningRun run = run(partition.job());
    EvaluationSpec spec = spec(run, number);
    List<SnapshotShard> kept = kept(run, number);
    TextSample sample = sample(kept, spec);
    long documents = kept.stream().mapToLong(each -> each.train().getLongCardinality()).sum();
    TokenizerJson tokenizer =
        PartProgress.run(
            partition,
            documents,
            "documents",
            progress ->
                new TrainTokenizer(store, threads)
                    .train(kept, sample, spec.vocabulary(), progress));
    String prefix = new TokenizerStore(store).put(tokenizer);
    partition.result("sha256", tokenizer.sha256());
    Fenced.commit(
        transactions,
        partition,
        () -> {
          claim.claim(List.of(prefix));
          rounds.tokenized(run.id(), number, tokenizer.sha256(), sample.share());
        });
  }

  /** Text for about as many tokens as the recipe wants; the estimate is part of the result. */
  private static TextSample sample(List<SnapshotShard> kept, EvaluationSpec spec) {
    if (spec.trainTokens() == 0) {
      return TextSample.ALL;
    }
    return TextSample.ofTrainText(spec.trainTokens() * BYTES_PER_TOKEN, kept, spec.seed());
  }

  private void tokens(PartitionContext partition, int number) throws Exception {
    CleaningRun run = run(partition.job());
    EvaluationRound round = round(run.id(), number);
    if (round.tokenizer() == null || round.sampleShare() == null) {
      throw new IllegalStateException("round " + number + " has no tokenizer");
    }
    TextSample sample = new TextSample(round.sampleShare(), spec(run, number).seed());
    int part = ShardPartitions.part(partition);
    SnapshotShard shard = decided(run, number).shard(runs.annotatedShards(run.id()).get(part));
    var tokenizer = new TokenizerStore(store).load(round.tokenizer());
    TokenisedShard tokenised =
        PartProgress.run(
            partition,
            ShardPartitions.total(partition),
            "documents",
            progress ->
                new TokeniseShard(store, scratch.folder())
                    .write(
                        shard,
                        part,
                        tokenizer,
                        sample,
                        RunArtifacts.roundTokenSet(run.id(), number),
                        progress));
    partition.requireCurrent();
    partition.result(TOKENISED, JsonMapper.shared().writeValueAsString(tokenised));
  }

  private void score(PartitionContext partition, int number) throws Exception {
    CleaningRun run = run(partition.job());
    EvaluationRound round = round(run.id(), number);
    EvaluationTrainings.Checkpoint checkpoint = round.checkpoint();
    if (checkpoint == null) {
      throw new IllegalStateException("round " + number + " has no evaluation model");
    }
    AnnotatedShard shard = runs.annotatedShards(run.id()).get(ShardPartitions.part(partition));
    SnapshotShard kept = decided(run, number).shard(shard);
    long asked = kept.train().getLongCardinality() + kept.heldout().getLongCardinality();
    RoaringBitmap ordinals = RoaringBitmap.or(kept.train(), kept.heldout());
    ScoreShard.Scored scored =
        PartProgress.run(
            partition,
            asked,
            "documents",
            progress ->
                new ScoreShard(store, RunArtifacts.layout(run.id()), threads)
                    .score(
                        shard,
                        ordinals,
                        number,
                        checkpoint,
                        round.window(),
                        done -> {
                          progress.advanced(done);
                          FailPoints.hit("cleaning.score.progress");
                        }));
    partition.requireCurrent();
    partition.count("read", asked);
    partition.count("written", scored.scored() + scored.unscored());
    partition.count("scored", scored.scored());
    partition.count("unscored", scored.unscored());
    FailPoints.hit("cleaning.score.afterCommit");
  }

  /** The tokens step's results, in the order of the shards. */
  static TokenisedShard tokenised(Map<String, String> results) {
    return JsonMapper.shared().readValue(results.get(TOKENISED), TokenisedShard.class);
  }
}
