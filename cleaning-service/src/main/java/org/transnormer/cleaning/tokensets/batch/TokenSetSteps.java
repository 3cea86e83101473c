package org.transnormer.cleaning.tokensets.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.tokenizers.TextSample;
import org.transnormer.cleaning.tokenizers.TokenizerStore;
import org.transnormer.cleaning.tokensets.AssembleTokenSet;
import org.transnormer.cleaning.tokensets.LaunchTokenSet;
import org.transnormer.cleaning.tokensets.TokenSetRecord;
import org.transnormer.cleaning.tokensets.TokenSets;
import org.transnormer.cleaning.tokensets.TokeniseShard;
import org.transnormer.cleaning.tokensets.TokenisedShard;
import org.transnormer.cleaning.work.batch.Fenced;
import org.transnormer.cleaning.work.batch.PartProgress;
import org.transnormer.cleaning.work.batch.ShardPartitions;
import org.transnormer.cleaning.work.batch.WorkJobs;
import org.transnormer.model.data.Split;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.data.TokenStatistics;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.store.Scratch;
import tools.jackson.databind.json.JsonMapper;

/** Tokens per shard, then one set of them with its statistics. */
final class TokenSetSteps {

  private static final String TOKENISED = "tokenised";

  private final TokenSets tokenSets;
  private final ObjectStore store;
  private final Scratch scratch;
  private final PartitionResults results;
  private final Transactions transactions;
  private final long statisticsTokens;

  TokenSetSteps(
      TokenSets tokenSets,
      ObjectStore store,
      Scratch scratch,
      PartitionResults results,
      Transactions transactions,
      long statisticsTokens) {
    this.tokenSets = tokenSets;
    this.store = store;
    this.scratch = scratch;
    this.results = results;
    this.transactions = transactions;
    this.statisticsTokens = statisticsTokens;
  }

  private TokenSetRecord order(JobParameters job) {
    return tokenSets.find(WorkJobs.workId(job)).orElseThrow();
  }

  Map<String, Map<String, String>> plan(JobParameters job) throws IOException {
    return ShardPartitions.each(
        Snapshot.read(store, order(job).snapshotId()).shards(),
        shard -> shard.train().getLongCardinality() + shard.heldout().getLongCardinality());
  }

  void tokens(PartitionContext partition) throws Exception {
    TokenSetRecord order = order(partition.job());
    int part = ShardPartitions.part(partition);
    SnapshotShard shard = Snapshot.read(store, order.snapshotId()).shards().get(part);
    var tokenizer = new TokenizerStore(store).load(order.tokenizerSha256());
    long documents = ShardPartitions.total(partition);
    TokenisedShard tokenised =
        PartProgress.run(
            partition,
            documents,
            "documents",
            progress ->
                new TokeniseShard(store, scratch.folder())
                    .write(
                        shard,
                        part,
                        tokenizer,
                        TextSample.ALL,
                        order.prefix(),
                        done -> {
                          progress.advanced(done);
                          FailPoints.hit("cleaning.tokens.progress");
                        }));
    partition.requireCurrent();
    partition.count("read", documents);
    partition.count(
        "written", tokenised.parts().stream().mapToLong(each -> each.documents()).sum());
    partition.result(TOKENISED, JsonMapper.shared().writeValueAsString(tokenised));
  }

  void assemble(PartitionContext partition) throws Exception {
    TokenSetRecord order = order(partition.job());
    List<TokenisedShard> tokenised =
        results.of(partition.jobExecutionId(), LaunchTokenSet.TOKENS).stream()
            .map(each -> each.results().get(TOKENISED))
            .map(json -> JsonMapper.shared().readValue(json, TokenisedShard.class))
            .toList();
    var assembled =
        new AssembleTokenSet(store)
            .assemble(
                order.prefix(),
                order.snapshotId(),
                Snapshot.read(store, order.snapshotId()).shards(),
                tokenised,
                new TokenizerStore(store).load(order.tokenizerSha256()));
    partition.checkStop();
    TokenStatistics statistics = measure(assembled);
    TokenSetRecord.Result result = result(assembled, statistics);
    FailPoints.hit("cleaning.token-set.beforeCommit");
    partition.result("digest", result.digest());
    Fenced.commit(transactions, partition, () -> tokenSets.made(order.id(), result));
    partition.progress(1, 1, "passes");
  }

  private TokenStatistics measure(AssembleTokenSet.Assembled assembled) throws IOException {
    Path folder = assembled.manifest().fetch(store, assembled.prefix());
    try (TokenSet set = TokenSet.open(folder)) {
      return TokenStatistics.measure(set, statisticsTokens, statisticsTokens);
    }
  }

  private static TokenSetRecord.Result result(
      AssembleTokenSet.Assembled assembled, TokenStatistics statistics) {
    TokenSetHeader header = assembled.header();
    return new TokenSetRecord.Result(
        assembled.manifest().digest(),
        header.vocabSize(),
        counts(header, Split.TRAIN),
        counts(header, Split.HELDOUT),
        statistics.unigramEntropyNats(),
        finite(statistics.unigramHeldoutNats()),
        finite(statistics.kneserNeyBigramHeldoutNats()));
  }

  private static TokenSetRecord.Counts counts(TokenSetHeader header, Split split) {
    return new TokenSetRecord.Counts(
        header.tokens(split), header.documents(split), header.textBytes(split));
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? Double.valueOf(value) : null;
  }
}
