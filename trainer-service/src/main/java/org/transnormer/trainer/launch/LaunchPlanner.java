package org.transnormer.trainer.launch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.launch.Action.AskToStop;
import org.transnormer.trainer.launch.Action.CreateGroup;
import org.transnormer.trainer.launch.Action.DeleteGroup;
import org.transnormer.trainer.launch.Action.LoseAttempt;
import org.transnormer.trainer.launch.Action.OpenAttempt;
import org.transnormer.trainer.launch.Action.Requeue;
import org.transnormer.trainer.launch.Action.Settle;
import org.transnormer.trainer.launch.Action.ShowWait;
import org.transnormer.trainer.launch.ObservedGroup.Active;
import org.transnormer.trainer.launch.ObservedGroup.Broken;
import org.transnormer.trainer.launch.ObservedGroup.Done;
import org.transnormer.trainer.launch.ObservedGroup.Pending;
import org.transnormer.trainer.runs.Desired;
import org.transnormer.trainer.runs.RunState.Ended;
import org.transnormer.trainer.runs.RunState.Live;
import org.transnormer.trainer.runs.RunState.Recovering;
import org.transnormer.trainer.runs.RunState.Running;
import org.transnormer.trainer.runs.RunState.Starting;
import org.transnormer.trainer.runs.RunState.Stop;
import org.transnormer.trainer.runs.RunState.Stopping;
import org.transnormer.trainer.runs.RunState.Suspended;
import org.transnormer.trainer.runs.RunState.Waiting;

/**
 * Decides what to do next from what is wanted and what is seen, and from nothing else: the same
 * look gives the same plan, and a plan that is applied twice or in part does no harm.
 *
 * <p>The cluster must be observed <em>before</em> the database is read. A worker reports its end
 * before it exits, so a group that was seen to be over while its run is still live afterwards has
 * died without a word.
 *
 * @param capacity groups that may exist at once
 * @param now of the database
 */
record LaunchPlanner(int capacity, Patience patience, Instant now) {

  /**
   * @param wanted every run that has not ended, in the order in which they queue
   * @param groups every group of the cluster
   */
  List<Action> plan(List<Intent> wanted, List<ObservedGroup> groups) {
    Map<GroupName, ObservedGroup> byName = new HashMap<>();
    groups.forEach(group -> byName.put(group.name(), group));
    List<Action> plan = new ArrayList<>();
    int taken = (int) groups.stream().filter(group -> !group.over()).count();
    // a live run whose group is being made or remade holds its place
    taken += (int) wanted.stream().filter(intent -> awaitsGroup(intent, byName)).count();
    for (Intent intent : wanted) {
      @Nullable ObservedGroup group = byName.remove(name(intent));
      switch (intent.state()) {
        case Waiting waiting -> {
          if (group != null && !group.over()) {
            plan.add(delete(group, "attempt %d is lost".formatted(group.attempt())));
          } else if (intent.desired() != Desired.RUNNING) {
            plan.add(new Settle(intent.runId()));
          } else if (due(waiting)) {
            if (taken < capacity) {
              taken++;
              plan.add(new OpenAttempt(intent.runId()));
            } else {
              show(plan, intent, "all %d places of the launcher are taken".formatted(capacity));
            }
          }
        }
        case Starting starting -> plan.addAll(starting(intent, starting, group));
        case Running running -> plan.addAll(running(intent, running, group));
        case Stopping stopping -> plan.addAll(stopping(intent, stopping, group));
        case Suspended _ -> {
          if (group != null && !group.over()) {
            plan.add(delete(group, "the run is suspended"));
          }
          switch (intent.desired()) {
            case RUNNING -> plan.add(new Requeue(intent.runId()));
            case CANCELLED -> plan.add(new Settle(intent.runId()));
            case SUSPENDED -> {}
          }
        }
        case Ended _ -> {}
      }
    }
    byName.values().stream()
        .filter(group -> !group.over())
        .forEach(group -> plan.add(delete(group, "no run wants it")));
    return plan;
  }

  private List<Action> starting(Intent intent, Starting starting, @Nullable ObservedGroup group) {
    if (intent.desired() != Desired.RUNNING) {
      return List.of(new AskToStop(intent.runId(), stopFor(intent.desired())));
    }
    if (group == null) {
      return List.of(new CreateGroup(intent.runId(), starting.attempt()));
    }
    List<Action> plan = new ArrayList<>();
    switch (group.phase()) {
      case Pending(String reason, Optional<Instant> placedAt) -> {
        if (placedAt.isPresent() && overdue(placedAt.get())) {
          plan.add(lose(intent, starting, notStarted(reason)));
        } else {
          show(plan, intent, reason);
        }
      }
      case Active(Instant since) -> {
        if (overdue(since)) {
          plan.add(lose(intent, starting, notStarted("the worker runs but does not report")));
        } else {
          show(plan, intent, "");
        }
      }
      case Done _ -> plan.add(lose(intent, starting, "the worker ended without a report"));
      case Broken(String reason) -> plan.add(lose(intent, starting, reason));
    }
    return plan;
  }

  private List<Action> running(Intent intent, Running running, @Nullable ObservedGroup group) {
    if (group == null) {
      return List.of(lose(intent, running, "the worker group vanished"));
    }
    return switch (group.phase()) {
      case Done _ -> List.of(lose(intent, running, "the worker ended without a report"));
      case Broken(String reason) -> List.of(lose(intent, running, reason));
      case Pending _, Active _ -> {
        if (leaseExpired(intent)) {
          yield List.of(lose(intent, running, "the worker sends no heartbeat any more"));
        }
        yield intent.desired() == Desired.RUNNING
            ? List.of()
            : List.of(new AskToStop(intent.runId(), stopFor(intent.desired())));
      }
    };
  }

  private List<Action> stopping(Intent intent, Stopping stopping, @Nullable ObservedGroup group) {
    if (group == null || group.over()) {
      return List.of(new Settle(intent.runId()));
    }
    boolean nothingToSave = intent.leaseUntil().isEmpty();
    boolean toldLongAgo =
        intent.stopAskedAt().filter(at -> at.plus(patience.stop()).isBefore(now)).isPresent();
    if (nothingToSave || toldLongAgo || leaseExpired(intent)) {
      return List.of(delete(group, "the run is to stop"));
    }
    if (intent.desired() == Desired.CANCELLED && stopping.kind() == Stop.SUSPEND) {
      return List.of(new AskToStop(intent.runId(), Stop.CANCEL));
    }
    return List.of();
  }

  private static boolean awaitsGroup(Intent intent, Map<GroupName, ObservedGroup> byName) {
    return intent.state() instanceof Starting
        && intent.desired() == Desired.RUNNING
        && !byName.containsKey(name(intent));
  }

  private boolean due(Waiting waiting) {
    return !(waiting instanceof Recovering recovering && recovering.retryAt().isAfter(now));
  }

  private boolean overdue(Instant since) {
    return since.plus(patience.start()).isBefore(now);
  }

  private boolean leaseExpired(Intent intent) {
    return intent.leaseUntil().filter(until -> until.isBefore(now)).isPresent();
  }

  private String notStarted(String reason) {
    return "not started within %s%s"
        .formatted(patience.start(), reason.isEmpty() ? "" : ": " + reason);
  }

  private static Stop stopFor(Desired desired) {
    return switch (desired) {
      case SUSPENDED -> Stop.SUSPEND;
      case CANCELLED -> Stop.CANCEL;
      case RUNNING -> throw new IllegalArgumentException("a run that is wanted is not stopped");
    };
  }

  private static GroupName name(Intent intent) {
    return GroupName.of(intent.runId(), intent.state().attempt());
  }

  private static LoseAttempt lose(Intent intent, Live state, String reason) {
    return new LoseAttempt(intent.runId(), state.attempt(), reason);
  }

  private static DeleteGroup delete(ObservedGroup group, String why) {
    return new DeleteGroup(group.runId(), group.attempt(), why);
  }

  private static void show(List<Action> plan, Intent intent, String reason) {
    if (!intent.waitsFor().equals(reason)) {
      plan.add(new ShowWait(intent.runId(), reason));
    }
  }
}
