package org.transnormer.corpus.retention.jdbc;

import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.corpus.snapshots.Export;
import org.transnormer.corpus.snapshots.ExportJobs;
import org.transnormer.corpus.snapshots.Exports;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Removable;

/** An export of a snapshot. */
record ExportRemoval(
    JdbcClient jdbc,
    ObjectStore store,
    Exports exports,
    ExportJobs jobs,
    String snapshotId,
    String id)
    implements Removable {

  @Override
  public Kind kind() {
    return Kind.EXPORT;
  }

  @Override
  public String resource() {
    return "/api/v1/snapshots/%s/exports/%s".formatted(snapshotId, id);
  }

  @Override
  public boolean lock() {
    return jdbc.sql("select 1 from snapshot_export where id = ? and snapshot_id = ? for update")
        .params(id, snapshotId)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  private Export export() {
    return exports.find(id).orElseThrow();
  }

  /** One that has no job yet is about to get one. */
  @Override
  public List<String> referrers() {
    JobRun run = jobs.runs(List.of(export())).get(id);
    return run != null && run.endedAt() != null
        ? List.of()
        : List.of("its own job, which is " + (run == null ? "queued" : run.state()));
  }

  @Override
  public Contents contents() {
    Export export = export();
    List<String> folders = List.of(export.prefix());
    return new Contents(
        Map.of("documents", export.documents()), Folders.bytes(store, folders), folders);
  }

  @Override
  public void remove() {
    jdbc.sql("delete from snapshot_export where id = ?").param(id).update();
  }
}
