package org.transnormer.trainer.launch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.transnormer.trainer.runs.RunAttempt;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;

/**
 * Looks at what is wanted and at what is, plans, and has the plan carried out; again and again, and
 * each time from scratch, so that nothing depends on having seen an event. Only one process of the
 * service does so at a time.
 */
final class Reconciler {

  private static final Logger LOG = System.getLogger(Reconciler.class.getName());

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final TrainingRuns runs;
  private final RunAttempts attempts;
  private final WorkerCluster cluster;
  private final ApplyActions actions;
  private final Patience patience;
  private final Duration lease;
  private final Executor executor;

  /** Runs whose actions are being carried out. */
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

  /** A run whose last actions failed is left alone until {@code until}. */
  private record Trouble(Instant until, Duration pause) {}

  Reconciler(
      TrainingRuns runs,
      RunAttempts attempts,
      WorkerCluster cluster,
      ApplyActions actions,
      Patience patience,
      Duration lease,
      Executor executor) {
    this.runs = runs;
    this.attempts = attempts;
    this.cluster = cluster;
    this.actions = actions;
    this.patience = patience;
    this.lease = lease;
    this.executor = executor;
  }

  /**
   * One look and the actions that follow from it, which may still go on when this returns.
   *
   * @param leaderSince since when this process listens to heartbeats; one that was due before could
   *     not be delivered and is not held against the worker
   */
  void tick(Instant leaderSince) {
    Set<String> busyBefore = Set.copyOf(busy);
    List<ObservedGroup> groups = cluster.observe();
    Instant now = runs.now();
    List<Action> plan =
        new LaunchPlanner(cluster.capacity(), patience, now).plan(intents(leaderSince), groups);
    Map<String, List<Action>> byRun =
        plan.stream()
            .collect(
                Collectors.groupingBy(
                    Action::runId, LinkedHashMap::new, Collectors.toCollection(ArrayList::new)));
    byRun.forEach((runId, steps) -> {
      // what was seen may be older than what an action of just now has done
      if (!busyBefore.contains(runId) && !resting(runId, now) && busy.add(runId)) {
        executor.execute(() -> carryOut(runId, steps));
      }
    });
  }

  private boolean resting(String runId, Instant now) {
    Trouble trouble = troubles.get(runId);
    return trouble != null && trouble.until().isAfter(now);
  }

  private List<Intent> intents(Instant leaderSince) {
    Map<String, RunAttempt> newest =
        attempts.newestOfUnfinished().stream()
            .collect(Collectors.toMap(RunAttempt::runId, Function.identity()));
    Instant earliestExpiry = leaderSince.plus(lease);
    return runs.unfinished().stream()
        .map(run -> intent(run, Optional.ofNullable(newest.get(run.id())), earliestExpiry))
        .toList();
  }

  private static Intent intent(
      TrainingRun run, Optional<RunAttempt> attempt, Instant earliestExpiry) {
    return new Intent(
        run.id(),
        run.desired(),
        run.state(),
        run.waitsFor(),
        attempt
            .flatMap(RunAttempt::leaseUntil)
            .map(until -> until.isBefore(earliestExpiry) ? earliestExpiry : until),
        attempt.flatMap(RunAttempt::stopAskedAt));
  }

  private void carryOut(String runId, List<Action> steps) {
    try {
      for (Action step : steps) {
        LOG.log(Level.DEBUG, "run {0}: {1}", runId, step);
        actions.apply(step);
      }
      troubles.remove(runId);
    } catch (RuntimeException e) {
      rest(runId, e);
    } finally {
      busy.remove(runId);
    }
  }

  private void rest(String runId, RuntimeException e) {
    Trouble before = troubles.get(runId);
    Duration pause = before == null ? FIRST_PAUSE : before.pause().multipliedBy(2);
    pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    LOG.log(Level.WARNING, "run %s is tried again in %s".formatted(runId, pause), e);
    try {
      troubles.put(runId, new Trouble(runs.now().plus(pause), pause));
      actions.show(runId, "the launcher is in trouble: " + e.getMessage());
    } catch (RuntimeException second) {
      LOG.log(Level.WARNING, "run {0} cannot show it: {1}", runId, second.getMessage());
    }
  }

  /** Whether actions are still being carried out. */
  boolean idle() {
    return busy.isEmpty();
  }
}
