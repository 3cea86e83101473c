package org.transnormer.cleaning.runs.batch;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.batch.core.step.Step;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.documents.SnapshotRef;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.decide.Counts;
import org.transnormer.cleaning.decide.ShardDecision;
import org.transnormer.cleaning.materialise.Materialiser;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.DecidedShards;
import org.transnormer.cleaning.runs.RunArtifacts;
import org.transnormer.cleaning.runs.RunDecisions;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.work.Works;
import org.transnormer.cleaning.work.batch.Fenced;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.cleaning.work.batch.WorkJobs;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.events.SnapshotCommitted;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import tools.jackson.databind.node.ObjectNode;

/** Verdicts from sidecars, and the snapshot they make. */
final class DecideSteps {

  private final StageSteps stages;
  private final CleaningRuns runs;
  private final RunDecisions decisions;
  private final ObjectStore store;
  private final Works works;
  private final Outbox outbox;
  private final Transactions transactions;

  DecideSteps(
      StageSteps stages,
      CleaningRuns runs,
      RunDecisions decisions,
      ObjectStore store,
      Works works,
      Outbox outbox,
      Transactions transactions) {
    this.stages = stages;
    this.runs = runs;
    this.decisions = decisions;
    this.store = store;
    this.works = works;
    this.outbox = outbox;
    this.transactions = transactions;
  }

  /**
   * @param number from 1; applies the scores of the rounds before
   */
  Step decide(int number) {
    return stages.single(
        RunStages.decide(number),
        partition -> decide(partition, number),
        runId -> requireAllDecided(runId, number));
  }

  Step materialise() {
    return stages.single(RunStages.MATERIALISE, this::materialise);
  }

  private void decide(PartitionContext partition, int number) throws Exception {
    CleaningRun run = runs.find(WorkJobs.workId(partition.job())).orElseThrow();
    DecidedShards.Writer writer =
        new DecidedShards.Writer(store, RunArtifacts.decisions(run.id(), number));
    Counts counts = Counts.NONE;
    try (var opened = decisions.open(run, number - 1)) {
      List<AnnotatedShard> shards = opened.corpus().shards();
      for (int shard = 0; shard < shards.size(); shard++) {
        partition.checkStop();
        ShardDecision decision = opened.decisions().decide(shard);
        writer.add(shards.get(shard), decision);
        counts = counts.plus(decision.counts());
        partition.progress(counts.in(), opened.corpus().documents(), "documents");
      }
    }
    Counts decided = counts.requireBalanced(RunStages.decide(number));
    partition.result("digest", writer.commit().digest());
    report(partition, decided);
    Fenced.commit(transactions, partition, () -> works.recordDrops(run.id(), drops(decided)));
  }

  private static void report(PartitionContext partition, Counts counts) {
    partition.count("read", counts.in());
    partition.count("written", counts.kept());
    partition.count("filtered", counts.droppedInAll());
    partition.count("failed", counts.failed());
    partition.count("train", counts.train());
    partition.count("heldout", counts.heldOut());
    partition.count("unscored", counts.unscored());
  }

  private static Map<Works.Drop, Long> drops(Counts counts) {
    Map<Works.Drop, Long> drops = new HashMap<>();
    counts
        .dropped()
        .forEach((reason, documents) ->
            drops.put(new Works.Drop(reason.stage().label(), reason.reason()), documents));
    return drops;
  }

  private void requireAllDecided(String runId, int number) {
    long planned = runs.shards(runId).stream().mapToLong(ShardRef::documents).sum();
    works.stages(runId).stream()
        .filter(stage -> stage.name().equals(RunStages.decide(number)))
        .filter(stage -> stage.tally().in() != planned)
        .findFirst()
        .ifPresent(stage -> {
          throw new IllegalStateException(
              "%s saw %d of %d documents".formatted(stage.name(), stage.tally().in(), planned));
        });
  }

  /** Objects first, the manifest last, then the database row and the event in one transaction. */
  private void materialise(PartitionContext partition) throws Exception {
    CleaningRun run = runs.find(WorkJobs.workId(partition.job())).orElseThrow();
    Materialised made = write(partition, run);
    report(partition, made.counts);
    partition.result("snapshot", made.snapshot.id());
    FailPoints.hit("cleaning.materialise.beforeCommit");
    Counts counts = made.counts;
    var result =
        new CleaningRun.Result(
            made.snapshot.id(),
            made.snapshot.prefix(),
            counts.in(),
            counts.kept(),
            counts.train(),
            counts.heldOut());
    Fenced.commit(
        transactions,
        partition,
        () -> {
          runs.recordResult(run.id(), result);
          works.recordDrops(run.id(), drops(counts));
          outbox.publish(Topics.SNAPSHOT_COMMITTED, result.snapshotId(), event(run, result));
        });
    FailPoints.hit("cleaning.materialise.afterCommit");
  }

  private record Materialised(SnapshotRef snapshot, Counts counts) {}

  private Materialised write(PartitionContext partition, CleaningRun run) throws Exception {
    Materialiser materialiser = new Materialiser();
    try (var opened = decisions.open(run, run.recipe().rounds().size())) {
      List<AnnotatedShard> shards = opened.corpus().shards();
      for (int shard = 0; shard < shards.size(); shard++) {
        partition.checkStop();
        materialiser.add(shards.get(shard).text(), opened.decisions().decide(shard));
        partition.progress(shard + 1L, shards.size(), "shards");
      }
    }
    requireAsDecided(run, materialiser.counts());
    SnapshotRef snapshot =
        materialiser.commit(store, run.recipe().hash(), attributes(run, materialiser.counts()));
    return new Materialised(snapshot, materialiser.counts());
  }

  /** People may go on judging documents while the last decision is made into a snapshot. */
  private void requireAsDecided(CleaningRun run, Counts counts) throws IOException {
    int last = run.recipe().rounds().size() + 1;
    works.stages(run.id()).stream()
        .filter(stage -> stage.name().equals(RunStages.decide(last)))
        .filter(stage -> stage.tally().in() != counts.in())
        .findFirst()
        .ifPresent(stage -> {
          throw new IllegalStateException(
              "%d documents were decided on, %d are materialised"
                  .formatted(stage.tally().in(), counts.in()));
        });
  }

  private static ObjectNode attributes(CleaningRun run, Counts counts) {
    ObjectNode attributes = CanonicalJson.object();
    attributes.put("corpusId", run.corpusId());
    attributes.put("recipe", run.recipe().name());
    attributes.put("recipeVersion", run.recipe().version());
    attributes.put("documentsIn", counts.in());
    attributes.put("documentsKept", counts.kept());
    return attributes;
  }

  private static SnapshotCommitted event(CleaningRun run, CleaningRun.Result result) {
    return new SnapshotCommitted(
        result.snapshotId(),
        result.snapshotPrefix(),
        run.corpusId(),
        run.id(),
        run.recipeHash(),
        result.documents(),
        result.kept(),
        result.train(),
        result.heldout());
  }
}
