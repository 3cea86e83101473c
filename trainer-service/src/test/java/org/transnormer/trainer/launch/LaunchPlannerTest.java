package org.transnormer.trainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
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
import org.transnormer.trainer.launch.ObservedGroup.Phase;
import org.transnormer.trainer.runs.Desired;
import org.transnormer.trainer.runs.RunState;
import org.transnormer.trainer.runs.RunState.Queued;
import org.transnormer.trainer.runs.RunState.Recovering;
import org.transnormer.trainer.runs.RunState.Running;
import org.transnormer.trainer.runs.RunState.Starting;
import org.transnormer.trainer.runs.RunState.Stop;
import org.transnormer.trainer.runs.RunState.Stopping;
import org.transnormer.trainer.runs.RunState.Suspended;
import org.transnormer.trainer.runs.Tries;

class LaunchPlannerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Patience PATIENCE =
      new Patience(Duration.ofMinutes(5), Duration.ofMinutes(1));
  private static final Tries SECOND = new Tries(2, 1);

  private final LaunchPlanner planner = new LaunchPlanner(2, PATIENCE, NOW);

  @Nested
  class AQueuedRun {

    @Test
    void isOpenedWhileThereIsRoom() {
      List<Action> plan =
          planner.plan(
              List.of(wanted("a", queued()), wanted("b", queued()), wanted("c", queued())),
              List.of());

      assertThat(plan)
          .containsExactly(
              new OpenAttempt("a"),
              new OpenAttempt("b"),
              new ShowWait("c", "all 2 places of the launcher are taken"));
    }

    @Test
    void isNotOpenedInThePlaceOfAGroupThatIsBeingMade() {
      List<Action> plan =
          new LaunchPlanner(1, PATIENCE, NOW)
              .plan(List.of(wanted("a", new Starting(SECOND)), wanted("b", queued())), List.of());

      assertThat(plan)
          .containsExactly(
              new CreateGroup("a", 2), new ShowWait("b", "all 1 places of the launcher are taken"));
    }

    @Test
    void settlesWhenItIsNotWanted() {
      assertThat(planner.plan(List.of(intent("a", Desired.CANCELLED, queued())), List.of()))
          .containsExactly(new Settle("a"));
    }
  }

  @Nested
  class ALostRun {

    @Test
    void waitsUntilItIsDue() {
      RunState recovering = new Recovering(SECOND, "killed", NOW.plusSeconds(1));

      assertThat(planner.plan(List.of(wanted("a", recovering)), List.of())).isEmpty();
    }

    @Test
    void isOpenedAgainOnlyWhenItsOldGroupIsGone() {
      RunState recovering = new Recovering(SECOND, "no heartbeat", NOW);

      assertThat(plan(wanted("a", recovering), active()))
          .containsExactly(new DeleteGroup("a", 2, "attempt 2 is lost"));
      assertThat(plan(wanted("a", recovering), new Broken("killed")))
          .containsExactly(new OpenAttempt("a"));
    }
  }

  @Nested
  class AStartingRun {

    @Test
    void showsWhatItsGroupWaitsForAsLongAsTheClusterHasNoRoom() {
      Phase unschedulable = new Pending("Unschedulable: no GPU", Optional.empty());

      assertThat(plan(wanted("a", new Starting(SECOND)), unschedulable))
          .containsExactly(new ShowWait("a", "Unschedulable: no GPU"));
    }

    @Test
    void isLostWhenItsPlacedGroupDoesNotStart() {
      Phase stuck = new Pending("ImagePullBackOff", Optional.of(NOW.minusSeconds(301)));

      assertThat(plan(wanted("a", new Starting(SECOND)), stuck))
          .containsExactly(new LoseAttempt("a", 2, "not started within PT5M: ImagePullBackOff"));
    }

    @Test
    void isLostWhenItsGroupBreaks() {
      assertThat(plan(wanted("a", new Starting(SECOND)), new Broken("exit code 70")))
          .containsExactly(new LoseAttempt("a", 2, "exit code 70"));
    }
  }

  @Nested
  class ARunningRun {

    private final RunState running = new Running(SECOND);

    @Test
    void isLeftAloneWhileItsHeartbeatCounts() {
      assertThat(plan(beating("a", running, NOW.plusSeconds(1)), active())).isEmpty();
    }

    @Test
    void isLostWhenItsLeaseIsOver() {
      assertThat(plan(beating("a", running, NOW.minusMillis(1)), active()))
          .containsExactly(new LoseAttempt("a", 2, "the worker sends no heartbeat any more"));
    }

    @Test
    void isLostWhenItsGroupVanishedOrEndedWithoutAWord() {
      assertThat(planner.plan(List.of(beating("a", running, NOW.plusSeconds(9))), List.of()))
          .containsExactly(new LoseAttempt("a", 2, "the worker group vanished"));
      assertThat(plan(beating("a", running, NOW.plusSeconds(9)), new Done()))
          .containsExactly(new LoseAttempt("a", 2, "the worker ended without a report"));
    }

    @Test
    void isAskedToStopWhenItIsNotWanted() {
      Intent unwanted =
          new Intent(
              "a",
              Desired.SUSPENDED,
              running,
              "",
              Optional.of(NOW.plusSeconds(9)),
              Optional.empty());

      assertThat(plan(unwanted, active())).containsExactly(new AskToStop("a", Stop.SUSPEND));
    }
  }

  @Nested
  class AStoppingRun {

    private final RunState stopping = new Stopping(SECOND, Stop.SUSPEND);

    @Test
    void hasTimeToSave() {
      assertThat(plan(stopping(NOW.minusSeconds(59)), active())).isEmpty();
    }

    @Test
    void isTakenDownWhenItTakesTooLong() {
      assertThat(plan(stopping(NOW.minusSeconds(61)), active()))
          .containsExactly(new DeleteGroup("a", 2, "the run is to stop"));
    }

    @Test
    void isTakenDownAtOnceWhenItHasNothingToSave() {
      Intent silent =
          new Intent("a", Desired.SUSPENDED, stopping, "", Optional.empty(), Optional.of(NOW));

      assertThat(plan(silent, active()))
          .containsExactly(new DeleteGroup("a", 2, "the run is to stop"));
    }

    @Test
    void settlesWhenItsGroupIsDown() {
      assertThat(plan(stopping(NOW), new Done())).containsExactly(new Settle("a"));
      assertThat(planner.plan(List.of(stopping(NOW)), List.of())).containsExactly(new Settle("a"));
    }

    private Intent stopping(Instant askedAt) {
      return new Intent(
          "a",
          Desired.SUSPENDED,
          stopping,
          "",
          Optional.of(NOW.plusSeconds(9)),
          Optional.of(askedAt));
    }
  }

  @Test
  void aSuspendedRunIsQueuedAgainWhenItIsWanted() {
    assertThat(planner.plan(List.of(wanted("a", new Suspended(SECOND))), List.of()))
        .containsExactly(new Requeue("a"));
    assertThat(
            planner.plan(List.of(intent("a", Desired.SUSPENDED, new Suspended(SECOND))), List.of()))
        .isEmpty();
  }

  @Test
  void groupsThatNobodyWantsAreTakenDown() {
    List<Action> plan =
        planner.plan(
            List.of(beating("a", new Running(SECOND), NOW.plusSeconds(9))),
            List.of(
                new ObservedGroup("a", 1, active()),
                new ObservedGroup("a", 2, active()),
                new ObservedGroup("gone", 1, active()),
                new ObservedGroup("ended", 1, new Done())));

    assertThat(plan)
        .containsExactlyInAnyOrder(
            new DeleteGroup("a", 1, "no run wants it"),
            new DeleteGroup("gone", 1, "no run wants it"));
  }

  private List<Action> plan(Intent intent, Phase phase) {
    return planner.plan(
        List.of(intent),
        List.of(new ObservedGroup(intent.runId(), intent.state().attempt(), phase)));
  }

  private static Phase active() {
    return new Active(NOW);
  }

  private static RunState queued() {
    return new Queued(Tries.NONE);
  }

  private static Intent wanted(String runId, RunState state) {
    return intent(runId, Desired.RUNNING, state);
  }

  private static Intent beating(String runId, RunState state, Instant leaseUntil) {
    return new Intent(runId, Desired.RUNNING, state, "", Optional.of(leaseUntil), Optional.empty());
  }

  private static Intent intent(String runId, Desired desired, RunState state) {
    return new Intent(runId, desired, state, "", Optional.empty(), Optional.empty());
  }
}
