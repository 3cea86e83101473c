package org.transnormer.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.EndReport.Outcome;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.Metrics;

/** The worker as a process, killed in every way. */
class WorkerProcessTest {

  private static final int KILLED = 137;

  /**
   * What a run of {@link #longer} ends in that nobody disturbs; all repetitions compare with it.
   */
  private static @Nullable Map<String, String> undisturbed;

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

  private static Map<String, String> slow() {
    return Map.of(FailPoints.ENVIRONMENT, "worker.step:sleep-20");
  }

  private int attempt(String failPoint) throws IOException, InterruptedException {
    try (WorkerProcess worker =
        WorkerProcess.start(run, Map.of(FailPoints.ENVIRONMENT, failPoint))) {
      return worker.await();
    }
  }

  private Map<String, String> straight(TrainingSpec spec) throws IOException, InterruptedException {
    run.assign(spec);
    try (WorkerProcess worker = WorkerProcess.start(run)) {
      assertThat(worker.await()).as(worker.output()).isEqualTo(ExitCode.ENDED.code());
      assertThat(worker.output()).doesNotContain(FakeTrainer.TOKEN);
    }
    return run.digests(run.trainer.end().finalCheckpoint());
  }

  /** Killed before and after a manifest and in mid-run, the run ends in the very same bytes. */
  @Test
  void losesNothingWhenKilled() throws Exception {
    TrainingSpec spec = TestRun.spec(30, 6);
    Map<String, String> expected = straight(spec);

    run.assign(spec);
    assertThat(attempt("worker.step:halt:10")).isEqualTo(KILLED);
    run.assign(spec.toJson(), run.trainer.newest(), 60);
    assertThat(attempt("worker.checkpoint.before-manifest:halt:2")).isEqualTo(KILLED);
    CheckpointReport known = run.trainer.checkpoints().getLast();
    assertThat(known.step()).isEqualTo(12);
    run.assign(spec.toJson(), run.trainer.newest(), 60);
    assertThat(attempt("worker.checkpoint.after-manifest:halt")).isEqualTo(KILLED);
    assertThat(run.trainer.checkpoints().getLast()).isEqualTo(known);
    run.assign(spec.toJson(), run.trainer.newest(), 60);
    try (WorkerProcess worker = WorkerProcess.start(run)) {
      assertThat(worker.await()).as(worker.output()).isEqualTo(ExitCode.ENDED.code());
    }

    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.digests(run.trainer.end().finalCheckpoint())).isEqualTo(expected);
  }

  private static TrainingSpec longer() {
    return TestRun.spec(120, 5);
  }

  private Map<String, String> undisturbed() throws IOException, InterruptedException {
    Map<String, String> known = undisturbed;
    if (known == null) {
      known = straight(longer());
      undisturbed = known;
    }
    return known;
  }

  /** Killed from outside at any moment, again and again. */
  @Tag("kill")
  @RepeatedTest(10)
  void losesNothingWheneverItIsKilled(RepetitionInfo repetition) throws Exception {
    Map<String, String> expected = undisturbed();
    TrainingSpec spec = longer();
    Random random = new Random(repetition.getCurrentRepetition());
    run.assign(spec);
    for (int kills = 0; kills < 3; kills++) {
      int checkpoints = run.trainer.checkpoints().size() + random.nextInt(4);
      try (WorkerProcess worker = WorkerProcess.start(run, slow())) {
        run.trainer.await(
            "progress",
            () -> run.trainer.checkpoints().size() > checkpoints || run.trainer.ended());
        Thread.sleep(random.nextInt(150));
        worker.kill();
        worker.await();
      }
      if (run.trainer.ended()) {
        break;
      }
      run.assign(spec.toJson(), run.trainer.newest(), 60);
    }
    if (!run.trainer.ended()) {
      try (WorkerProcess worker = WorkerProcess.start(run)) {
        assertThat(worker.await()).as(worker.output()).isEqualTo(ExitCode.ENDED.code());
      }
    }

    assertThat(run.digests(run.trainer.end().finalCheckpoint())).isEqualTo(expected);
  }

  @Test
  void leavesWithACheckpointWhenAskedToEnd() throws Exception {
    run.assign(TestRun.spec(100_000, 0));
    try (WorkerProcess worker = WorkerProcess.start(run, slow())) {
      run.trainer.await("a step", () -> !run.trainer.metrics(Metrics.LOSS).isEmpty());

      worker.terminate();

      assertThat(worker.await()).as(worker.output()).isEqualTo(ExitCode.ENDED.code());
    }
    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUSPENDED);
    assertThat(run.trainer.checkpoints().getLast().step()).isEqualTo(run.trainer.end().step());
  }

  @Test
  void leavesWhenAnotherEpochOwnsTheRun() throws Exception {
    run.assign(TestRun.spec(100_000, 0));
    try (WorkerProcess worker = WorkerProcess.start(run, slow())) {
      run.trainer.await("a step", () -> !run.trainer.metrics(Metrics.LOSS).isEmpty());

      run.trainer.giveAway();

      assertThat(worker.await()).as(worker.output()).isEqualTo(ExitCode.STALE_EPOCH.code());
      assertThat(worker.output()).contains("stale epoch");
    }
    assertThat(run.trainer.refusals()).isNotEmpty();
    assertThat(run.trainer.ended()).isFalse();
  }

  @Test
  void leavesWithinTenSecondsOfItsParent() throws Exception {
    run.assign(TestRun.spec(100_000, 0));
    List<String> command =
        new ArrayList<>(
            List.of("/bin/sh", "-c", "export TNL_PARENT_PID=$$; \"$@\" & wait", "launcher"));
    command.addAll(WorkerProcess.command());
    Path scratch = Files.createDirectories(run.scratch());
    try (WorkerProcess launcher =
        WorkerProcess.start(command, run.environment(), slow(), scratch)) {
      run.trainer.await("a step", () -> !run.trainer.metrics(Metrics.LOSS).isEmpty());
      List<ProcessHandle> children = launcher.handle().children().toList();
      assertThat(children).hasSize(1);

      launcher.kill();

      children.getFirst().onExit().get(10, TimeUnit.SECONDS);
      assertThat(launcher.output()).contains("is gone");
    }
  }

  @Test
  void saysWhatItsEnvironmentLacks() throws Exception {
    try (WorkerProcess worker =
        WorkerProcess.start(WorkerProcess.command(), Map.of(), Map.of(), folder)) {
      assertThat(worker.await()).isEqualTo(ExitCode.USAGE.code());
      assertThat(worker.output()).contains("TNL_RUN_ID is missing");
    }
  }

  @Test
  void explainsItself() throws Exception {
    try (WorkerProcess worker =
        WorkerProcess.start(WorkerProcess.command("--help"), Map.of(), Map.of(), folder)) {
      assertThat(worker.await()).isZero();
      assertThat(worker.output()).contains("TNL_TRAINER_URL");
    }
  }
}
