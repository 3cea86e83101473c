package org.transnormer.integration.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.integration.DemoPlatform;
import org.transnormer.integration.PlatformProcess;

/**
 * The whole platform is killed (signal 9) in the middle of the demo, at one place after another; a
 * second call of the demo ends with what an undisturbed one ends with.
 */
@Tag("kill")
class KilledDemoIT {

  private static final Duration PATIENCE = Duration.ofMinutes(15);

  @SuppressWarnings("NullAway.Init")
  private static Map<String, String> undisturbed;

  @TempDir private Path folder;

  @BeforeAll
  static void runUndisturbed() throws Exception {
    DemoPlatform platform = DemoPlatform.get();
    undisturbed = Outputs.of(platform.door(), platform.adminKey(), platform.data());
  }

  /** A fail point and which of its hits: a file in mid-ingestion, a launch not yet answered... */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ingest.afterFile 60",
        "ingest.beforePublish 1",
        "cleaning.annotate.progress 3",
        "trainer.start.afterCommit 1",
        "trainer.checkpoint.afterCommit 1",
        "cleaning.score.progress 2",
        "cleaning.materialise.beforeCommit 1",
        "cleaning.token-set.beforeCommit 1",
        "trainer.start.afterCommit 2",
        "trainer.checkpoint.afterCommit 3"
      })
  void goesOnWhereItWasKilled(String place) throws Exception {
    String point = place.substring(0, place.indexOf(' '));
    String nth = place.substring(place.indexOf(' ') + 1);
    Path data = folder.resolve("data");
    Path go = folder.resolve("go");
    Map<String, String> held = Map.of("TNL_FAILPOINTS", "%s:until-%s:%s".formatted(point, go, nth));
    try (PlatformProcess killed =
        PlatformProcess.start(data, held, "demo", "--fast", "--no-stay")) {
      killed.awaitFile(folder.resolve("go.reached"), PATIENCE);
      killed.kill();

      try (PlatformProcess demo = PlatformProcess.start(data, "demo", "--fast", "--stay")) {
        demo.awaitOutput("The platform stays up", PATIENCE);

        assertThat(Files.exists(go)).isFalse();
        assertThat(Outputs.of(demo.door(), demo.adminKey(), data))
            .containsExactlyInAnyOrderEntriesOf(undisturbed);
      }
    }
  }
}
