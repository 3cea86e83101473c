package org.transnormer.corpus.ingest;

import java.util.Collection;
import java.util.Map;
import org.transnormer.corpus.jobs.JobRun;

/** The jobs that do the work of ingestions. */
public interface IngestionJobs {

  /** Starts the job and returns at once; a second call for the same ingestion changes nothing. */
  void launch(Ingestion ingestion);

  /** Asks the job to end after the file it is at. */
  void stop(Ingestion ingestion);

  /** Goes on with what is not done. */
  void restart(Ingestion ingestion);

  /** By id of the ingestion; one that was never launched has none. */
  Map<String, JobRun> runs(Collection<Ingestion> ingestions);
}
