package org.transnormer.trainer.runs;

import java.util.Optional;
import java.util.function.Supplier;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.support.removal.Announcements;
import org.transnormer.support.removal.Kind;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.sql.Transactions;

/** Puts a new run into the queue. */
public final class StartRun {

  private final TrainingRuns runs;
  private final ResolveSpec specs;
  private final Announcements announcements;
  private final Audit audit;
  private final Transactions transactions;
  private final Runnable wakeUp;
  private final Supplier<String> ids;

  public StartRun(
      TrainingRuns runs,
      ResolveSpec specs,
      Announcements announcements,
      Audit audit,
      Transactions transactions,
      Runnable wakeUp,
      Supplier<String> ids) {
    this.runs = runs;
    this.specs = specs;
    this.announcements = announcements;
    this.audit = audit;
    this.transactions = transactions;
    this.wakeUp = wakeUp;
    this.ids = ids;
  }

  /**
   * @param clonedFrom run whose specification this one began with
   * @throws InvalidSpecException naming everything that keeps it from being trained
   */
  public TrainingRun start(
      String name, Purpose purpose, SpecForm form, Optional<String> clonedFrom, Actor actor) {
    RunSpec spec = specs.resolve(form);
    TrainingRun started =
        announcements.announce(
            Kind.TOKEN_SET,
            spec.data().tokenSetId(),
            "a training run that is being started",
            announcement -> {
              specs.requireTokenSet(spec);
              return transactions.call(() -> {
                announcement.redeem();
                return add(name, purpose, spec, clonedFrom, actor);
              });
            });
    FailPoints.hit("trainer.start.afterCommit");
    wakeUp.run();
    return started;
  }

  private TrainingRun add(
      String name, Purpose purpose, RunSpec spec, Optional<String> clonedFrom, Actor actor) {
    TrainingRun run =
        TrainingRun.create(ids.get(), name, purpose, spec, clonedFrom, actor.name(), runs.now());
    runs.add(run);
    audit.launched(
        actor,
        clonedFrom.isPresent() ? "training-run.clone" : "training-run.start",
        "/api/v1/training-runs/" + run.id(),
        clonedFrom.map(from -> "from " + from).orElse(""));
    return run;
  }
}
