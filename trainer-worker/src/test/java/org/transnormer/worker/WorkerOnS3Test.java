package org.transnormer.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.s3.Faults;
import org.transnormer.artifacts.s3.Faults.Fault;
import org.transnormer.artifacts.s3.S3Server;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.EndReport.Outcome;
import org.transnormer.worker.protocol.ExitCode;

/** Token set and checkpoints in an S3-compatible store, with and without trouble on the way. */
class WorkerOnS3Test {

  private static S3Server server;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @AfterEach
  void disarm() {
    System.clearProperty(FailPoints.PROPERTY);
  }

  @Test
  void resumesFromTheStoreAndEndsWithTheWeightsOfALocalRun() throws IOException {
    TrainingSpec spec = TestRun.spec(20, 6);
    Map<String, String> local;
    try (TestRun run = new TestRun(folder.resolve("local"))) {
      run.assign(spec);
      assertThat(work(run, Map.of())).isEqualTo(ExitCode.ENDED);
      local = run.digests(run.trainer.end().finalCheckpoint());
    }

    try (Faults way = Faults.before(server.endpoint());
        TestRun run = onS3(way)) {
      run.assign(spec);
      System.setProperty(FailPoints.PROPERTY, "worker.step:throw:15");
      assertThat(work(run, S3Server.environment(way.endpoint()))).isEqualTo(ExitCode.FAILED);
      System.clearProperty(FailPoints.PROPERTY);
      way.first(3, "GET", Fault.CUT_ANSWER);
      run.assign(spec.toJson(), run.trainer.newest(), 60);

      assertThat(work(run, S3Server.environment(way.endpoint()))).isEqualTo(ExitCode.ENDED);

      assertThat(way.injected()).isEqualTo(3);
      assertThat(run.digests(run.trainer.end().finalCheckpoint())).isEqualTo(local);
    }
  }

  /** Longer than the store's client tries by itself; the worker goes on training meanwhile. */
  @Test
  void keepsACheckpointUntilTheStoreIsBack() throws Exception {
    try (Faults way = Faults.before(server.endpoint());
        TestRun run = onS3(way)) {
      run.assign(TestRun.spec(12, 6));
      way.first(10, "PUT", Fault.UNAVAILABLE);

      assertThat(work(run, S3Server.environment(way.endpoint()))).isEqualTo(ExitCode.ENDED);

      assertThat(way.injected()).isEqualTo(10);
      assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(run.trainer.checkpoints()).extracting(CheckpointReport::step).contains(12L);
    }
  }

  private TestRun onS3(Faults way) throws IOException {
    return new TestRun(
        folder.resolve("s3"),
        S3Server.config(
            way.endpoint(), S3Server.SECRET_KEY, "worker/" + folder.getFileName(), folder));
  }

  private static ExitCode work(TestRun run, Map<String, String> more) {
    Map<String, String> environment = run.environment();
    environment.putAll(more);
    WorkerLog log = WorkerLog.attach();
    try {
      return new Worker(WorkerSettings.from(environment), log, new Termination(), e -> {}).run();
    } finally {
      log.detach();
    }
  }
}
