package org.transnormer.cleaning.runs.batch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.step.Step;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.annotate.Annotator;
import org.transnormer.cleaning.dedup.ClusterSummary;
import org.transnormer.cleaning.dedup.DuplicateSearch;
import org.transnormer.cleaning.language.LanguageDetection;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.Corpora;
import org.transnormer.cleaning.runs.RunArtifacts;
import org.transnormer.cleaning.runs.RunStages;
import org.transnormer.cleaning.sidecar.AnnotatedShard;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;
import org.transnormer.cleaning.work.batch.Fenced;
import org.transnormer.cleaning.work.batch.PartProgress;
import org.transnormer.cleaning.work.batch.ShardPartitions;
import org.transnormer.cleaning.work.batch.StageSteps;
import org.transnormer.cleaning.work.batch.WorkJobs;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.removal.ClaimArtifacts;
import org.transnormer.support.store.Scratch;

/** The expensive map over shards, and the search for duplicates. */
final class AnnotateSteps {

  private static final String LIKENESS = "likeness";
  private static final String RANGE = "range";

  private final StageSteps stages;
  private final CleaningRuns runs;
  private final Corpora corpora;
  private final ObjectStore store;
  private final Scratch scratch;
  private final LanguageDetection languages;
  private final ClaimArtifacts claim;
  private final Transactions transactions;
  private final long memory;

  AnnotateSteps(
      StageSteps stages,
      CleaningRuns runs,
      Corpora corpora,
      ObjectStore store,
      Scratch scratch,
      LanguageDetection languages,
      ClaimArtifacts claim,
      Transactions transactions,
      long memory) {
    this.stages = stages;
    this.runs = runs;
    this.corpora = corpora;
    this.store = store;
    this.scratch = scratch;
    this.languages = languages;
    this.claim = claim;
    this.transactions = transactions;
    this.memory = memory;
  }

  List<Step> steps() {
    return List.of(
        stages.managed(RunStages.PLAN, this::plan),
        stages.wide(
            RunStages.ANNOTATE,
            job -> ShardPartitions.each(shards(job), ShardRef::documents),
            this::annotate,
            this::requireAllAnnotated),
        stages.wide(RunStages.MERGE, this::ranges, this::merge),
        stages.single(RunStages.CLUSTER, this::cluster));
  }

  private List<ShardRef> shards(JobParameters job) {
    return runs.shards(WorkJobs.workId(job));
  }

  private boolean plan(String runId) {
    if (runs.shards(runId).isEmpty()) {
      CleaningRun run = runs.find(runId).orElseThrow();
      runs.freeze(
          runId,
          corpora.shards(run.corpusId()).stream().filter(each -> each.documents() > 0).toList());
    }
    return true;
  }

  private void annotate(PartitionContext partition) throws Exception {
    CleaningRun run = runs.find(WorkJobs.workId(partition.job())).orElseThrow();
    int part = ShardPartitions.part(partition);
    ShardRef raw = runs.shards(run.id()).get(part);
    Annotator annotator =
        new Annotator(
            run.recipe(),
            store,
            RunArtifacts.layout(run.id()),
            scratch.folder(),
            languages,
            memory);
    AnnotatedShard annotated =
        PartProgress.run(
            partition,
            raw.documents(),
            "documents",
            progress ->
                annotator.annotate(
                    raw,
                    RunArtifacts.normalisedRoot(run.corpusId()),
                    (documents, bytes) -> {
                      progress.advanced(documents);
                      FailPoints.hit("cleaning.annotate.progress");
                    }));
    partition.count("read", annotated.documents());
    partition.count("written", annotated.documents() - annotated.failed());
    partition.count("failed", annotated.failed());
    FailPoints.hit("cleaning.annotate.beforeCommit");
    Fenced.commit(
        transactions,
        partition,
        () -> {
          claim.claim(List.of(annotated.text().prefix()));
          runs.annotated(run.id(), part, annotated);
        });
    FailPoints.hit("cleaning.annotate.afterCommit");
  }

  private void requireAllAnnotated(String runId) {
    int planned = runs.shards(runId).size();
    int annotated = runs.annotatedShards(runId).size();
    if (annotated != planned) {
      throw new IllegalStateException(
          "%d of %d shards are annotated".formatted(annotated, planned));
    }
  }

  private Map<String, Map<String, String>> ranges(JobParameters job) {
    CleaningRun run = runs.find(WorkJobs.workId(job)).orElseThrow();
    Map<String, Map<String, String>> plan = new LinkedHashMap<>();
    for (Likeness likeness : search(run).likenesses()) {
      for (int range = 0; range < ranges(run); range++) {
        plan.put(
            "%s-%02d".formatted(likeness.label(), range),
            Map.of(LIKENESS, likeness.name(), RANGE, Integer.toString(range), "total", "1"));
      }
    }
    return plan;
  }

  private int ranges(CleaningRun run) {
    return DuplicateSearch.ranges(
        runs.shards(run.id()).stream().mapToLong(ShardRef::documents).sum());
  }

  private DuplicateSearch search(CleaningRun run) {
    return new DuplicateSearch(
        store, RunArtifacts.layout(run.id()), run.recipe().duplicates(), scratch.folder(), memory);
  }

  private void merge(PartitionContext partition) throws Exception {
    CleaningRun run = runs.find(WorkJobs.workId(partition.job())).orElseThrow();
    try (CorpusSidecars corpus = open(run)) {
      long edges =
          search(run)
              .merge(
                  Likeness.valueOf(partition.parameter(LIKENESS)),
                  Integer.parseInt(partition.parameter(RANGE)),
                  ranges(run),
                  corpus);
      partition.count("edges", edges);
    }
    partition.progress(1, 1, "ranges");
  }

  private void cluster(PartitionContext partition) throws Exception {
    CleaningRun run = runs.find(WorkJobs.workId(partition.job())).orElseThrow();
    if (search(run).likenesses().isEmpty()) {
      Fenced.commit(
          transactions,
          partition,
          () -> runs.recordDuplicates(run.id(), new CleaningRun.Duplicates(0, 0, 0)));
      return;
    }
    try (CorpusSidecars corpus = open(run)) {
      ClusterSummary summary = search(run).assign(ranges(run), corpus);
      var duplicates =
          new CleaningRun.Duplicates(
              summary.exactClusters(),
              summary.nearClusters(),
              Math.max(summary.exactDocuments(), summary.nearDocuments()));
      Fenced.commit(transactions, partition, () -> runs.recordDuplicates(run.id(), duplicates));
    }
  }

  private CorpusSidecars open(CleaningRun run) {
    List<AnnotatedShard> shards = new ArrayList<>(runs.annotatedShards(run.id()));
    return CorpusSidecars.open(store, RunArtifacts.layout(run.id()), shards);
  }
}
