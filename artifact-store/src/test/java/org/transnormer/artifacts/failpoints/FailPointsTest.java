package org.transnormer.artifacts.failpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.failpoints.FailPoints.FailPointException;

class FailPointsTest {
  @AfterEach
  void disarm() {
    System.clearProperty(FailPoints.PROPERTY);
  }

  @Test
  void doesNothingWhenNothingIsArmed() {
    FailPoints.hit("place");
  }

  @Test
  void throwsAtTheArmedPlaceOnly() {
    System.setProperty(FailPoints.PROPERTY, "place:throw,other:sleep-1");

    FailPoints.hit("elsewhere");
    FailPoints.hit("other");
    assertThatExceptionOfType(FailPointException.class)
        .isThrownBy(() -> FailPoints.hit("place"))
        .withMessageContaining("place");
  }

  @Test
  void countsToTheNthHit() {
    System.setProperty(FailPoints.PROPERTY, "place:throw:3");

    FailPoints.hit("place");
    FailPoints.hit("place");
    assertThatExceptionOfType(FailPointException.class).isThrownBy(() -> FailPoints.hit("place"));
    FailPoints.hit("place");
  }

  @Test
  void waits() {
    System.setProperty(FailPoints.PROPERTY, "place:sleep-50");
    long start = System.nanoTime();

    FailPoints.hit("place");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(49));
  }

  @Test
  void holdsUntilAFileExists(@TempDir Path folder) throws Exception {
    Path go = folder.resolve("go");
    System.setProperty(FailPoints.PROPERTY, "place:until-" + go);
    Thread held = Thread.ofVirtual().start(() -> FailPoints.hit("place"));
    while (!Files.exists(folder.resolve("go.reached"))) {
      Thread.onSpinWait();
    }
    boolean before = held.join(Duration.ofMillis(30));

    Files.createFile(go);

    assertThat(before).isFalse();
    assertThat(held.join(Duration.ofSeconds(20))).isTrue();
    FailPoints.hit("place");
  }

  @Test
  void refusesAMistypedSpecification() {
    System.setProperty(FailPoints.PROPERTY, "place:explode");

    assertThatIllegalArgumentException().isThrownBy(() -> FailPoints.hit("place"));
  }
}
