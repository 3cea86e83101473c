package org.transnormer.trainer.runs;

import java.util.Optional;
import java.util.function.Supplier;
import org.transnormer.trainer.sql.Transactions;

/** Puts a new run into the queue. */
public final class StartRun {

  private final TrainingRuns runs;
  private final ResolveSpec specs;
  private final RunEvents events;
  private final Transactions transactions;
  private final Supplier<String> ids;

  public StartRun(
      TrainingRuns runs,
      ResolveSpec specs,
      RunEvents events,
      Transactions transactions,
      Supplier<String> ids) {
    this.runs = runs;
    this.specs = specs;
    this.events = events;
    this.transactions = transactions;
    this.ids = ids;
  }

  /**
   * @param clonedFrom run whose specification this one began with
   * @throws InvalidSpecException naming everything that keeps it from being trained
   */
  public TrainingRun start(
      String name, Purpose purpose, SpecForm form, Optional<String> clonedFrom, Actor actor) {
    RunSpec spec = specs.resolve(form);
    return transactions.call(() -> {
      TrainingRun run =
          TrainingRun.create(
              ids.get(), name, purpose, spec, clonedFrom, actor.subject(), runs.now());
      runs.add(run);
      events.asked(
          actor,
          clonedFrom.isPresent() ? "training-run.clone" : "training-run.start",
          run.id(),
          clonedFrom.map(from -> "from " + from).orElse(""));
      return run;
    });
  }
}
