package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerPoolTest {

  private static final int TASKS = 50;

  /** The other worker stops inside its first task until it is told to go on. */
  private static final class Stalling implements WorkerPool.Attempt {

    final AtomicIntegerArray published = new AtomicIntegerArray(TASKS);
    final CountDownLatch stalled = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    final AtomicBoolean wentOn = new AtomicBoolean();

    @Override
    public void compute(int task, int worker) {
      try {
        if (worker == 0) {
          stalled.await();
        } else {
          stalled.countDown();
          goOn.await();
          wentOn.set(true);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void publish(int task, int worker) {
      assertThat(worker).isZero();
      published.incrementAndGet(task);
    }

    void assertPublishedOnce() {
      for (int i = 0; i < TASKS; i++) {
        assertThat(published.get(i)).isOne();
      }
    }
  }

  @Test
  void aCallerIsBoundUntilItClosesThePoolAndTheProcessIsNot() {
    int[] before = Affinity.of(0);
    assumeTrue(before.length > 1, "one processor, or none that can be asked for");
    try (WorkerPool pool = new WorkerPool(2, true)) {
      pool.run(2, (_, _) -> {});

      assertThat(Affinity.of(0)).hasSize(1);
      assertThat(Affinity.allowed()).isEqualTo(before);
    }
    assertThat(Affinity.of(0)).isEqualTo(before);
  }

  @Test
  void theCallerDoesNotWaitForAThreadThatLostItsProcessor() {
    try (WorkerPool pool = new WorkerPool(2, false)) {
      Stalling attempt = new Stalling();

      pool.runHelping(TASKS, attempt);

      assertThat(attempt.wentOn).isFalse();
      attempt.assertPublishedOnce();
      attempt.goOn.countDown();
      pool.quiesce();
      assertThat(attempt.wentOn).isTrue();
      attempt.assertPublishedOnce();
    }
  }

  @Test
  void whatIsRecordedRunsAgainAndALateAttemptOfTheLastRoundIsThrownAway() {
    try (WorkerPool pool = new WorkerPool(2, false)) {
      Stalling attempt = new Stalling();
      AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
      WorkerPool.Recording recording =
          pool.record(() -> {
            pool.run(TASKS, (task, _) -> runs.incrementAndGet(task));
            pool.runHelping(TASKS, attempt);
          });

      pool.run(recording);

      attempt.goOn.countDown();
      pool.quiesce();
      for (int i = 0; i < TASKS; i++) {
        assertThat(runs.get(i)).isEqualTo(2);
        assertThat(attempt.published.get(i)).isEqualTo(2);
      }
    }
  }

  @Test
  void aPoolWithALateThreadGoesOn() {
    try (WorkerPool pool = new WorkerPool(2, false)) {
      Stalling late = new Stalling();
      pool.runHelping(TASKS, late);
      AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);

      pool.run(TASKS, (task, _) -> runs.incrementAndGet(task));

      for (int i = 0; i < TASKS; i++) {
        assertThat(runs.get(i)).isOne();
      }
      late.goOn.countDown();
    }
  }

  @Test
  void failuresOfAttemptsReachTheCaller() {
    try (WorkerPool pool = new WorkerPool(3, false)) {
      WorkerPool.Attempt failing =
          new WorkerPool.Attempt() {
            @Override
            public void compute(int task, int worker) {
              if (task == 7) {
                throw new IllegalStateException("seven");
              }
            }

            @Override
            public void publish(int task, int worker) {}
          };

      assertThatThrownBy(() -> pool.runHelping(TASKS, failing)).hasMessage("seven");
    }
  }
}
