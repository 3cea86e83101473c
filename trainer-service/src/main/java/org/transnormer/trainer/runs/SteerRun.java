package org.transnormer.trainer.runs;

import java.util.Optional;
import java.util.function.Function;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.runs.RunState.Ended;
import org.transnormer.trainer.runs.RunState.Failed;
import org.transnormer.trainer.sql.Transactions;

/** Changes what is wanted of a run; the reconciler brings it about. */
public final class SteerRun {

  private final TrainingRuns runs;
  private final Audit audit;
  private final Transactions transactions;
  private final Runnable wakeUp;

  /**
   * @param wakeUp tells the reconciler that there is something to do
   */
  public SteerRun(TrainingRuns runs, Audit audit, Transactions transactions, Runnable wakeUp) {
    this.runs = runs;
    this.audit = audit;
    this.transactions = transactions;
    this.wakeUp = wakeUp;
  }

  public sealed interface Outcome {}

  public record Accepted(TrainingRun run) implements Outcome {}

  /** The state that the run is in offers no such step. */
  public record Refused(String why) implements Outcome {}

  public record UnknownRun() implements Outcome {}

  public Outcome cancel(String id, Actor actor) {
    return steer(
        id,
        actor,
        "training-run.cancel",
        run ->
            run.state() instanceof Ended
                ? new Refused("the run is " + run.state().label())
                : new Accepted(run.wanted(Desired.CANCELLED)));
  }

  public Outcome suspend(String id, Actor actor) {
    return steer(
        id,
        actor,
        "training-run.suspend",
        run -> {
          if (run.state() instanceof Ended || run.desired() == Desired.CANCELLED) {
            return new Refused(
                "the run is %s%s"
                    .formatted(
                        run.state().label(),
                        run.state() instanceof Ended ? "" : " and to be cancelled"));
          }
          return new Accepted(run.wanted(Desired.SUSPENDED));
        });
  }

  /** Of a suspended run, or of a failed one whose cause somebody has removed. */
  public Outcome resume(String id, Actor actor) {
    return steer(
        id,
        actor,
        "training-run.resume",
        run -> {
          if (run.state() instanceof Failed failed) {
            return new Accepted(run.wanted(Desired.RUNNING).in(failed.resume(), runs.now()));
          }
          if (run.state() instanceof Ended || run.desired() == Desired.CANCELLED) {
            return new Refused(
                "a run that is %s cannot be resumed; clone it"
                    .formatted(
                        run.state() instanceof Ended ? run.state().label() : "being cancelled"));
          }
          return run.desired() == Desired.SUSPENDED
              ? new Accepted(run.wanted(Desired.RUNNING))
              : new Refused("the run is not suspended");
        });
  }

  private Outcome steer(
      String id, Actor actor, String action, Function<TrainingRun, Outcome> decision) {
    Outcome outcome =
        transactions.call(() -> {
          Optional<TrainingRun> found = runs.lock(id);
          if (found.isEmpty()) {
            return new UnknownRun();
          }
          Outcome decided = decision.apply(found.get());
          if (decided instanceof Accepted(TrainingRun changed)) {
            runs.save(changed);
            // A key of the request stands for the run from here on, if the answer is lost.
            audit.launched(actor, action, "/api/v1/training-runs/" + id, "");
          }
          return decided;
        });
    wakeUp.run();
    return outcome;
  }
}
