package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.Activation;

/** Each vector loop beside the obvious one, at sizes that do and do not fill a vector. */
class KernelsTest {

  @Test
  void exponentialsAreRightToAFewUnitsInTheLastPlace() {
    float[] x = new float[Lanes.WIDTH];
    for (double at = -86; at < 87; at += 0.37) {
      for (int lane = 0; lane < x.length; lane++) {
        x[lane] = (float) (at + lane * 0.02);
      }
      float[] y = Lanes.exp(FloatVector.fromArray(Lanes.SPECIES, x, 0)).toArray();
      for (int lane = 0; lane < x.length; lane++) {
        double expected = Math.exp(x[lane]);
        assertThat((double) y[lane]).isCloseTo(expected, within(2.5e-7 * expected));
      }
    }
  }

  @Test
  void phasesKeepTheirAccuracyFarOut() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double phase = random.nextDouble() * Math.pow(10, random.nextInt(8));
      assertThat((double) Phases.cos(phase)).isCloseTo(Math.cos(phase), within(1e-7));
      assertThat((double) Phases.sin(phase)).isCloseTo(Math.sin(phase), within(1e-7));
    }
  }

  @Test
  void activationNamesAreTheConfigurationsOwn() {
    assertThat(Activation.named("swish")).isEqualTo(Activation.SILU);
    assertThat(Activation.named("1+elu")).isEqualTo(Activation.ONE_PLUS_ELU);
    assertThat(Activation.named("no such name")).isEqualTo(Activation.IDENTITY);
    assertThat(Activation.named("gelu")).isEqualTo(Activation.GELU);
  }

  @Test
  void everyTaskRunsOnceAndFailuresReachTheCaller() {
    try (WorkerPool pool = new WorkerPool(3, true)) {
      for (int tasks : new int[] {0, 1, 2, 3, 50, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        pool.run(
            tasks,
            (task, worker) -> {
              assertThat(worker).isBetween(0, 2);
              runs.incrementAndGet(task);
            });
        for (int i = 0; i < tasks; i++) {
          assertThat(runs.get(i)).isOne();
        }
      }
      assertThatThrownBy(() ->
              pool.run(
                  100,
                  (task, worker) -> {
                    if (task == 70) {
                      throw new IllegalStateException("seventy");
                    }
                  }))
          .hasMessage("seventy");
    }
  }
}
