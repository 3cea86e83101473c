package org.transnormer.corpus.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.garbage.Garbage;
import org.transnormer.corpus.ingest.Ingestion;
import org.transnormer.corpus.ingest.IngestionJobs;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.corpus.sources.Sources;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/**
 * Removes a corpus, or one source of it, unless something refers to it. Its rows go at once, its
 * shards when their retention is over.
 */
public final class RemoveCorpus {
  private static final int NAMED = 20;

  private final Corpora corpora;
  private final Sources sources;
  private final Ingestions ingestions;
  private final IngestionJobs jobs;
  private final References references;
  private final Garbage garbage;
  private final Transactions transactions;
  private final Audit audit;

  public RemoveCorpus(
      Corpora corpora,
      Sources sources,
      Ingestions ingestions,
      IngestionJobs jobs,
      References references,
      Garbage garbage,
      Transactions transactions,
      Audit audit) {
    this.corpora = corpora;
    this.sources = sources;
    this.ingestions = ingestions;
    this.jobs = jobs;
    this.references = references;
    this.garbage = garbage;
    this.transactions = transactions;
    this.audit = audit;
  }

  public Removal corpus(String corpusId, boolean dryRun, Caller caller) {
    return transactions.inTransaction(() -> {
      requireCorpus(corpusId);
      return remove("corpus", corpusId, null, dryRun, caller);
    });
  }

  public Removal source(String corpusId, String sourceId, boolean dryRun, Caller caller) {
    return transactions.inTransaction(() -> {
      requireCorpus(corpusId);
      if (sources.find(sourceId).filter(each -> each.corpusId().equals(corpusId)).isEmpty()) {
        throw new NotFoundProblem("source", sourceId);
      }
      return remove("source", corpusId, sourceId, dryRun, caller);
    });
  }

  private void requireCorpus(String corpusId) {
    if (!corpora.lock(corpusId)) {
      throw new NotFoundProblem("corpus", corpusId);
    }
  }

  private Removal remove(
      String kind, String corpusId, @Nullable String sourceId, boolean dryRun, Caller caller) {
    List<String> snapshots = references.snapshots(corpusId, sourceId, NAMED);
    List<String> running = running(corpusId, sourceId);
    Removal removal =
        new Removal(
            kind,
            sourceId == null ? corpusId : sourceId,
            dryRun,
            snapshots.isEmpty() && running.isEmpty(),
            references.extent(corpusId, sourceId),
            snapshots,
            running);
    if (dryRun) {
      return removal;
    }
    if (!removal.possible()) {
      throw new StillReferredToProblem(removal);
    }
    garbage.discard(references.remove(corpusId, sourceId));
    String resource = "/api/v1/corpora/" + corpusId;
    audit.record(
        caller,
        kind + ".delete",
        sourceId == null ? resource : resource + "/sources/" + sourceId,
        removal.extent().documents() + " documents");
    return removal;
  }

  private List<String> running(String corpusId, @Nullable String sourceId) {
    List<Ingestion> open = new ArrayList<>(ingestions.unpublished(corpusId));
    open.removeIf(each -> sourceId != null && !each.sourceIds().contains(sourceId));
    Map<String, JobRun> runs = jobs.runs(open);
    open.removeIf(each -> {
      JobRun run = runs.get(each.id());
      return run != null && run.endedAt() != null;
    });
    return open.stream().map(Ingestion::id).limit(NAMED).toList();
  }
}
