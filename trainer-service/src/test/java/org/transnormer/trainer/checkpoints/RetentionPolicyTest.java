package org.transnormer.trainer.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.transnormer.trainer.checkpoints.Checkpoint.Committed;
import org.transnormer.trainer.checkpoints.Checkpoint.FromRun;

class RetentionPolicyTest {

  private final List<Checkpoint> five =
      List.of(
          checkpoint(1, 100),
          checkpoint(1, 200),
          checkpoint(1, 300),
          checkpoint(2, 250),
          checkpoint(2, 350));

  @Test
  void keepsTheNewestByAttemptThenStep() {
    assertThat(new RetentionPolicy(2, 0).disposable(five, Set.of()))
        .containsExactlyInAnyOrder("a1-100", "a1-200", "a1-300");
  }

  @Test
  void keepsWhatIsPinnedAndEveryNth() {
    assertThat(new RetentionPolicy(1, 200).disposable(five, Set.of("a1-100")))
        .containsExactlyInAnyOrder("a1-300", "a2-250");
  }

  @Test
  void keepsAllWithoutALimit() {
    assertThat(new RetentionPolicy(0, 0).disposable(five, Set.of())).isEmpty();
  }

  private static Checkpoint checkpoint(int attempt, long step) {
    return new Checkpoint(
        "a%d-%d".formatted(attempt, step),
        new FromRun("run", attempt),
        step,
        "checkpoints/run/a%d/step-%d".formatted(attempt, step),
        "digest",
        1,
        Optional.empty(),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        new Committed(),
        Instant.EPOCH);
  }
}
