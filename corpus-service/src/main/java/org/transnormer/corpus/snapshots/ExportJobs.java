package org.transnormer.corpus.snapshots;

import java.util.Collection;
import java.util.Map;
import org.transnormer.corpus.jobs.JobRun;

/** The jobs that write exports. */
public interface ExportJobs {

  /** Starts the job and returns at once; a second call for the same export changes nothing. */
  void launch(Export export);

  /** Goes on with what is not written. */
  void restart(Export export);

  /** By id of the export; one that was never launched has none. */
  Map<String, JobRun> runs(Collection<Export> exports);

  /** Documents written so far by the latest run. */
  long written(Export export);
}
