package org.transnormer.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.protocol.EndReport.Outcome;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.Metrics;
import org.transnormer.worker.protocol.WorkerEnvironment;

/**
 * Two workers with a GPU each, started as the pods of an Indexed Job are, train and lose one of
 * them. For a machine with two GPUs and NCCL.
 */
@Tag("gpu")
class RanksOnGpusTest {

  private static final int RANKS = 2;
  private static final TrainingSpec SPEC = TestRun.spec(30, 10);

  @TempDir Path folder;

  private TestRun run;

  @BeforeEach
  void open() throws IOException {
    run = new TestRun(folder);
  }

  @AfterEach
  void close() {
    run.close();
  }

  private List<WorkerProcess> start(int ranks, String sharding, Map<String, String> more)
      throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<WorkerProcess> workers = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      Path scratch = Files.createDirectories(run.scratch().resolve("rank-" + rank));
      Map<String, String> own = new HashMap<>(more);
      own.put(WorkerEnvironment.COMPLETION_INDEX, Integer.toString(rank));
      own.put(WorkerEnvironment.WORLD_SIZE, Integer.toString(ranks));
      own.put(WorkerEnvironment.RENDEZVOUS, "localhost:" + port);
      own.put(WorkerEnvironment.SHARDING, sharding);
      own.put(WorkerEnvironment.DEVICE, "cuda");
      own.put(WorkerEnvironment.SCRATCH, scratch.toString());
      own.put("CUDA_VISIBLE_DEVICES", Integer.toString(rank)); // a pod sees its own alone
      own.put("NCCL_NVLS_ENABLE", "0");
      own.put("NCCL_ALGO", "Ring");
      own.put("NCCL_PROTO", "Simple");
      workers.add(WorkerProcess.start(WorkerProcess.command(), run.environment(), own, scratch));
    }
    return workers;
  }

  private void complete(int ranks, String sharding) throws Exception {
    for (WorkerProcess worker : start(ranks, sharding, Map.of())) {
      assertThat(worker.await()).as(worker.output()).isEqualTo(ExitCode.ENDED.code());
    }
    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUCCEEDED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "optimizer", "everything"})
  void theyTrainAsOneDoes(String sharding) throws Exception {
    run.assign(SPEC);
    complete(1, "none");
    Map<Long, Double> alone = run.trainer.metrics(Metrics.LOSS);

    run.assign(SPEC);
    complete(RANKS, sharding);

    Map<Long, Double> together = run.trainer.metrics(Metrics.LOSS);
    assertThat(together.keySet()).isEqualTo(alone.keySet());
    together.forEach((step, loss) ->
        assertThat(loss)
            .as("step %d", step)
            .isCloseTo(Objects.requireNonNull(alone.get(step)), withinPercentage(0.5)));
  }

  @Test
  void theGroupGoesOnFromItsLastCheckpointWhenOneIsKilled() throws Exception {
    run.assign(SPEC);
    complete(RANKS, "everything");
    Map<String, String> expected = run.digests(run.trainer.end().finalCheckpoint());

    run.assign(SPEC);
    int before = run.trainer.checkpoints().size();
    List<WorkerProcess> workers =
        start(RANKS, "everything", Map.of(FailPoints.ENVIRONMENT, "worker.step:sleep-200"));
    run.trainer.await("a checkpoint", () -> run.trainer.checkpoints().size() > before);
    workers.getLast().kill();
    WorkerProcess left = workers.getFirst();
    assertThat(left.await()).as(left.output()).isNotEqualTo(ExitCode.ENDED.code());
    assertThat(left.output()).contains("rank 1 is gone");

    run.assign(SPEC.toJson(), run.trainer.newest(), 60);
    complete(RANKS, "everything");

    assertThat(run.digests(run.trainer.end().finalCheckpoint())).isEqualTo(expected);
  }
}
