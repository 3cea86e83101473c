package org.transnormer.trainer.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.transnormer.trainer.runs.RunState.Cancelled;
import org.transnormer.trainer.runs.RunState.Failed;
import org.transnormer.trainer.runs.RunState.Queued;
import org.transnormer.trainer.runs.RunState.Recovering;
import org.transnormer.trainer.runs.RunState.Running;
import org.transnormer.trainer.runs.RunState.Starting;
import org.transnormer.trainer.runs.RunState.Stop;
import org.transnormer.trainer.runs.RunState.Suspended;

class RunStateTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final RetryPolicy THREE =
      new RetryPolicy(3, Duration.ofSeconds(2), Duration.ofSeconds(5));

  @Test
  void everyOpeningIsAnotherAttempt() {
    Starting first = new Queued(Tries.NONE).open();
    Starting second = new Recovering(first.tries(), "lost", NOW).open();

    assertThat(first.attempt()).isEqualTo(1);
    assertThat(second.attempt()).isEqualTo(2);
  }

  @Test
  void aFirstLossIsRetriedAtOnceAndLaterOnesAfterAPause() {
    RunState once = new Running(new Tries(1, 0)).lose("killed", THREE, NOW);
    RunState twice = new Running(new Tries(2, 1)).lose("killed", THREE, NOW);

    assertThat(once).isEqualTo(new Recovering(new Tries(1, 1), "killed", NOW));
    assertThat(twice).isEqualTo(new Recovering(new Tries(2, 2), "killed", NOW.plusSeconds(2)));
  }

  @Test
  void aRunFailsWithTheLastReasonWhenItsTriesAreUsedUp() {
    RunState state = new Starting(new Tries(3, 2)).lose("no image", THREE, NOW);

    assertThat(state)
        .isEqualTo(new Failed(new Tries(3, 3), "no image (3 attempts in a row came to nothing)"));
  }

  @Test
  void aCheckpointOfItsOwnMakesAnAttemptsPastLossesCountNoLonger() {
    RunState state = new Running(new Tries(7, 2)).advance().lose("killed", THREE, NOW);

    assertThat(state).isEqualTo(new Recovering(new Tries(7, 1), "killed", NOW));
  }

  @Test
  void aGroupThatDiesWhileItStopsHasStopped() {
    Running running = new Running(new Tries(1, 0));

    assertThat(running.stop(Stop.CANCEL).lose("killed", THREE, NOW))
        .isEqualTo(new Cancelled(new Tries(1, 0)));
    assertThat(running.stop(Stop.SUSPEND).lose("killed", THREE, NOW))
        .isEqualTo(new Suspended(new Tries(1, 0)));
  }

  @Test
  void resumingGivesFreshTries() {
    assertThat(new Failed(new Tries(3, 3), "disk").resume()).isEqualTo(new Queued(new Tries(3, 0)));
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    assertThat(THREE.pauseAfter(1)).isEqualTo(Duration.ZERO);
    assertThat(THREE.pauseAfter(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(THREE.pauseAfter(3)).isEqualTo(Duration.ofSeconds(4));
    assertThat(THREE.pauseAfter(9)).isEqualTo(Duration.ofSeconds(5));
  }
}
