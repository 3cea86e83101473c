package org.transnormer.corpus.retention;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.ingest.Ingestion;
import org.transnormer.corpus.ingest.IngestionJobs;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.jobs.JobRun;

/** Ingestions at work on a corpus, or on one source of it. */
public record RunningIngestions(Ingestions ingestions, IngestionJobs jobs) {

  /**
   * @param sourceId null for the whole corpus
   */
  public List<String> of(String corpusId, @Nullable String sourceId) {
    List<Ingestion> open = new ArrayList<>(ingestions.unpublished(corpusId));
    open.removeIf(each -> sourceId != null && !each.sourceIds().contains(sourceId));
    Map<String, JobRun> runs = jobs.runs(open);
    open.removeIf(each -> {
      JobRun run = runs.get(each.id());
      return run != null && run.endedAt() != null;
    });
    return open.stream().map(Ingestion::id).toList();
  }
}
