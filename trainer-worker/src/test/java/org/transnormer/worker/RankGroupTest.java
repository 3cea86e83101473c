package org.transnormer.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.worker.protocol.Assignment.ResumePoint;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.EndReport.Outcome;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.Heartbeat;
import org.transnormer.worker.protocol.Metrics;
import org.transnormer.worker.protocol.WorkerEnvironment;

/** Several workers carry out one attempt together. */
class RankGroupTest {

  @TempDir Path folder;

  private final ExecutorService processes = Executors.newCachedThreadPool();
  private TestRun run;

  @BeforeEach
  void open() throws IOException {
    run = new TestRun(folder);
  }

  @AfterEach
  void close() {
    ThreadsProvider.remove();
    processes.shutdownNow();
    run.close();
  }

  private List<ExitCode> work(int ranks, String device) throws Exception {
    return work(ranks, device, Map.of());
  }

  private List<ExitCode> work(int ranks, String device, Map<String, String> more) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ThreadsProvider.prepare(ranks);
    List<Future<ExitCode>> running = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      Map<String, String> environment = run.environment();
      environment.put(WorkerEnvironment.RANK, Integer.toString(rank));
      environment.put(WorkerEnvironment.WORLD_SIZE, Integer.toString(ranks));
      environment.put(WorkerEnvironment.RENDEZVOUS, "localhost:" + port);
      environment.put(WorkerEnvironment.DEVICE, device);
      environment.putAll(more);
      WorkerSettings settings = WorkerSettings.from(environment);
      WorkerLog log = WorkerLog.attach();
      running.add(
          processes.submit(() -> new Worker(settings, log, new Termination(), _ -> {}).run()));
    }
    List<ExitCode> codes = new ArrayList<>();
    for (Future<ExitCode> each : running) {
      codes.add(each.get(60, TimeUnit.SECONDS));
    }
    return codes;
  }

  @Test
  void twoRanksTrainAsOneDoesAndOneOfThemReports() throws Exception {
    run.assign(TestRun.spec(12, 6));
    assertThat(work(1, ThreadsProvider.NAME)).containsExactly(ExitCode.ENDED);
    Map<Long, Double> alone = new HashMap<>(run.trainer.metrics(Metrics.LOSS));
    CheckpointReport half = run.trainer.checkpoints().getFirst();

    run.assign(TestRun.spec(12, 6));
    assertThat(work(2, ThreadsProvider.NAME)).containsExactly(ExitCode.ENDED, ExitCode.ENDED);
    assertLike(alone);

    ResumePoint from = new ResumePoint(half.prefix(), half.manifestDigest(), half.step());
    run.assign(TestRun.spec(12, 6).toJson(), from, 60);
    assertThat(work(2, ThreadsProvider.NAME)).containsExactly(ExitCode.ENDED, ExitCode.ENDED);
    assertLike(alone);

    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.trainer.end().step()).isEqualTo(12);
    assertThat(run.trainer.checkpoints())
        .extracting(CheckpointReport::step)
        .containsExactly(6L, 12L, 6L, 12L, 12L);
    assertThat(run.trainer.heartbeats()).extracting(Heartbeat::rank).contains(0, 1);
  }

  @Test
  void ranksCanSplitLayersAndSequencesAndShareEverything() throws Exception {
    run.assign(TestRun.spec(6, 0));
    work(1, ThreadsProvider.NAME);
    Map<Long, Double> alone = new HashMap<>(run.trainer.metrics(Metrics.LOSS));

    run.assign(TestRun.spec(6, 0));
    Map<String, String> division =
        Map.of(WorkerEnvironment.TENSOR_RANKS, "2", WorkerEnvironment.SEQUENCE_RANKS, "2");
    assertThat(work(4, ThreadsProvider.NAME, division)).containsOnly(ExitCode.ENDED);
    assertLike(alone);

    run.assign(TestRun.spec(6, 0));
    Map<String, String> sharing = Map.of(WorkerEnvironment.SHARDING, "everything");
    assertThat(work(2, ThreadsProvider.NAME, sharing)).containsOnly(ExitCode.ENDED);
    assertLike(alone);
  }

  private void assertLike(Map<Long, Double> alone) {
    Map<Long, Double> together = run.trainer.metrics(Metrics.LOSS);
    assertThat(together.keySet()).isEqualTo(alone.keySet());
    together.forEach((step, loss) ->
        assertThat(loss)
            .as("step %d", step)
            .isCloseTo(Objects.requireNonNull(alone.get(step)), within(2e-5)));
  }

  @Test
  void processorsOfSeveralProcessesDoNotWorkTogether() throws Exception {
    run.assign(TestRun.spec(12, 6));

    // The one that comes second may find the attempt ended already.
    assertThat(work(2, "cpu"))
        .contains(ExitCode.FAILED)
        .containsAnyOf(ExitCode.FAILED, ExitCode.STALE_EPOCH)
        .doesNotContain(ExitCode.ENDED);

    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(run.trainer.end().reason()).contains("several ranks need a GPU each");
  }
}
