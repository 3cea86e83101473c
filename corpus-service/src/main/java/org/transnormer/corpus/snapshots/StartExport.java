package org.transnormer.corpus.snapshots;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.removal.Garbage;
import org.transnormer.support.security.Caller;

/** Launches exports. */
public final class StartExport {
  private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(15);

  private final Snapshots snapshots;
  private final Exports exports;
  private final ExportJobs jobs;
  private final Garbage garbage;
  private final Transactions transactions;
  private final Audit audit;
  private final Clock clock;

  public StartExport(
      Snapshots snapshots,
      Exports exports,
      ExportJobs jobs,
      Garbage garbage,
      Transactions transactions,
      Audit audit,
      Clock clock) {
    this.snapshots = snapshots;
    this.exports = exports;
    this.jobs = jobs;
    this.garbage = garbage;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * @param target folder below exports/; null takes the export's id
   */
  public Export start(
      String snapshotId, @Nullable String target, Export.Format format, Caller caller) {
    String id = Ids.next();
    Export export =
        new Export(
            id,
            snapshotId,
            target == null ? id : target,
            format,
            Audit.now(clock),
            caller.name(),
            0,
            0,
            null);
    transactions.inTransaction(() -> {
      if (!snapshots.hold(snapshotId)) {
        throw new NotFoundProblem("snapshot", snapshotId);
      }
      if (!exports.add(export)) {
        throw new ConflictProblem("there is an export to " + export.target() + " already");
      }
      garbage.keep(List.of(export.prefix()));
      audit.launched(caller, "export.start", export.resource(), export.prefix());
    });
    jobs.launch(export);
    return export;
  }

  public void restart(Export export, Caller caller) {
    JobRun run = jobs.runs(List.of(export)).get(export.id());
    String state = run == null ? WorkStatus.QUEUED : run.state();
    if (!state.equals(WorkStatus.FAILED) && !state.equals(WorkStatus.STOPPED)) {
      throw new ConflictProblem("the export is " + state + "; only an ended one is restarted");
    }
    transactions.inTransaction(
        () -> audit.record(caller, "export.restart", export.resource(), null));
    jobs.restart(export);
  }

  /** For those whose process died between the row and the job. */
  public void launchForgotten() {
    exports.unlaunched(FORGOTTEN_AFTER).forEach(jobs::launch);
  }
}
