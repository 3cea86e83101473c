package org.transnormer.cleaning.runs.batch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.rounds.EvaluationRound;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.DecidedShards;
import org.transnormer.cleaning.runs.RunArtifacts;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.tokenizers.TokenizerStore;
import org.transnormer.cleaning.tokensets.AssembleTokenSet;
import org.transnormer.cleaning.tokensets.TokenisedShard;
import org.transnormer.model.data.Split;
import org.transnormer.support.batch.PartitionResults;

/** The token set that a round's evaluation model learns from. */
final class RoundTokenSet {

  private final ObjectStore store;
  private final CleaningRuns runs;
  private final PartitionResults results;

  RoundTokenSet(ObjectStore store, CleaningRuns runs, PartitionResults results) {
    this.store = store;
    this.runs = runs;
    this.results = results;
  }

  /** Commits what the shards' partitions have written; again with the same result. */
  AssembleTokenSet.Assembled commit(EvaluationRound round, long jobExecution) throws IOException {
    String tokenizer = round.tokenizer();
    if (tokenizer == null) {
      throw new IllegalStateException("round " + round.number() + " has no tokenizer");
    }
    DecidedShards decided =
        DecidedShards.open(store, RunArtifacts.decisions(round.runId(), round.number()));
    List<SnapshotShard> shards = new ArrayList<>();
    for (AnnotatedShard shard : runs.annotatedShards(round.runId())) {
      shards.add(decided.shard(shard));
    }
    List<TokenisedShard> tokenised =
        results.of(jobExecution, RunStages.tokens(round.number())).stream()
            .map(partition -> RoundSteps.tokenised(partition.results()))
            .toList();
    var assembled =
        new AssembleTokenSet(store)
            .assemble(
                RunArtifacts.roundTokenSet(round.runId(), round.number()),
                decided.digest(),
                shards,
                tokenised,
                new TokenizerStore(store).load(tokenizer));
    if (assembled.header().tokens(Split.TRAIN) == 0) {
      throw new IllegalStateException(
          "nothing is left to train the evaluation model on: the rules keep no document");
    }
    return assembled;
  }
}
