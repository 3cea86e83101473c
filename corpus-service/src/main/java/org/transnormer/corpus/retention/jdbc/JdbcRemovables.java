package org.transnormer.corpus.retention.jdbc;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.retention.Removables;
import org.transnormer.corpus.retention.RunningIngestions;
import org.transnormer.corpus.snapshots.ExportJobs;
import org.transnormer.corpus.snapshots.Exports;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Removable;

/** What can be removed, as PostgreSQL has it. */
public record JdbcRemovables(
    JdbcClient jdbc,
    ObjectStore store,
    RunningIngestions running,
    Exports exports,
    ExportJobs jobs,
    Neighbours neighbours)
    implements Removables {

  @Override
  public Removable corpus(String corpusId) {
    return new CorpusRemoval(jdbc, running, neighbours, corpusId, null);
  }

  @Override
  public Removable source(String corpusId, String sourceId) {
    return new CorpusRemoval(jdbc, running, neighbours, corpusId, sourceId);
  }

  @Override
  public Removable snapshot(String snapshotId) {
    return new SnapshotRemoval(jdbc, store, neighbours, snapshotId);
  }

  @Override
  public Removable export(String snapshotId, String exportId) {
    return new ExportRemoval(jdbc, store, exports, jobs, snapshotId, exportId);
  }
}
