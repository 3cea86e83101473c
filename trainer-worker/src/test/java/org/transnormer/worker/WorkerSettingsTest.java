package org.transnormer.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.transnormer.worker.WorkerSettings.UnusableSettingsException;
import org.transnormer.worker.protocol.WorkerEnvironment;

class WorkerSettingsTest {

  private static Map<String, String> environment() {
    return new HashMap<>(
        Map.of(
            WorkerEnvironment.RUN_ID, "0197-abc",
            WorkerEnvironment.ATTEMPT, "3",
            WorkerEnvironment.RUN_TOKEN, "secret",
            WorkerEnvironment.TRAINER_URL, "http://trainer:8080",
            WorkerEnvironment.STORE_URI, "s3://bucket/tnl",
            WorkerEnvironment.SCRATCH, "/scratch"));
  }

  @Test
  void readsTheEnvironmentOfAPod() {
    Map<String, String> environment = environment();
    environment.put(WorkerEnvironment.COMPLETION_INDEX, "2");
    environment.put(WorkerEnvironment.WORLD_SIZE, "4");
    environment.put(WorkerEnvironment.RENDEZVOUS, "run-0.run.training.svc:29400");
    environment.put(WorkerEnvironment.S3_ENDPOINT, "http://minio:9000");
    environment.put(WorkerEnvironment.S3_ACCESS_KEY, "key");
    environment.put(WorkerEnvironment.S3_SECRET_KEY, "secret");
    environment.put(WorkerEnvironment.S3_PATH_STYLE, "true");
    environment.put(WorkerEnvironment.PIN, "true");

    WorkerSettings settings = WorkerSettings.from(environment);

    assertThat(settings.rank()).isEqualTo(2);
    assertThat(settings.worldSize()).isEqualTo(4);
    assertThat(settings.worldSize()).isEqualTo(4);
    assertThat(settings.rendezvous())
        .hasValue(InetSocketAddress.createUnresolved("run-0.run.training.svc", 29400));
    assertThat(settings.pin()).isTrue();
    assertThat(WorkerSettings.from(environment()).pin()).isFalse();
    assertThat(settings.parentPid()).isEmpty();
    assertThat(settings.patience()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.store().s3().orElseThrow().pathStyle()).isTrue();
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @Test
  void namesEverythingThatIsMissing() {
    assertThatThrownBy(() -> WorkerSettings.from(Map.of()))
        .isInstanceOf(UnusableSettingsException.class)
        .hasMessageContainingAll(
            "TNL_RUN_ID is missing",
            "TNL_ATTEMPT is missing",
            "TNL_RUN_TOKEN is missing",
            "TNL_TRAINER_URL is missing",
            "TNL_STORE_URI is missing",
            "TNL_SCRATCH is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "TNL_ATTEMPT, zero",
    "TNL_ATTEMPT, 0",
    "TNL_RANK, 1",
    "TNL_RANK, -1",
    "TNL_WORLD_SIZE, 0",
    "TNL_TENSOR_RANKS, 2",
    "TNL_SEQUENCE_RANKS, 0",
    "TNL_SHARDING, some",
    "TNL_RUN_ID, ../x",
    "TNL_TRAINER_URL, trainer",
    "TNL_TRAINER_URL, http://a b",
    "TNL_RENDEZVOUS, rank-0",
    "TNL_RENDEZVOUS, rank-0:0",
    "TNL_RENDEZVOUS, http://rank-0:29400",
    "TNL_PARENT_PID, me",
    "TNL_THREADS, many",
    "TNL_PIN, perhaps",
    "TNL_PATIENCE_SECONDS, -1"
  })
  void namesWhatIsUnusable(String name, String value) {
    Map<String, String> environment = environment();
    environment.put(name, value);

    assertThatThrownBy(() -> WorkerSettings.from(environment))
        .isInstanceOf(UnusableSettingsException.class)
        .hasMessageContaining(name);
  }
}
