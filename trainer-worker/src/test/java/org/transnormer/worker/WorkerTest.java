package org.transnormer.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.toy.ToyConfig;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.Assignment.ResumePoint;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.Directive;
import org.transnormer.worker.protocol.EndReport.Outcome;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.Heartbeat;
import org.transnormer.worker.protocol.LogReport;
import org.transnormer.worker.protocol.Metrics;
import org.transnormer.worker.protocol.WorkerEnvironment;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The worker without its process. */
class WorkerTest {

  @TempDir Path folder;

  private TestRun run;

  @BeforeEach
  void open() throws IOException {
    run = new TestRun(folder);
  }

  @AfterEach
  void close() {
    System.clearProperty(FailPoints.PROPERTY);
    run.close();
  }

  private ExitCode work() {
    return work(Map.of(), new Termination());
  }

  private ExitCode work(Map<String, String> more, Termination termination) {
    Map<String, String> environment = run.environment();
    environment.putAll(more);
    WorkerLog log = WorkerLog.attach();
    try {
      return new Worker(WorkerSettings.from(environment), log, termination, e -> {}).run();
    } finally {
      log.detach();
    }
  }

  private Thread inBackground(ExitCode[] code) {
    return Thread.ofPlatform().start(() -> code[0] = work());
  }

  @Test
  void trainsToTheEndAndReportsAllOfIt() throws IOException {
    run.assign(TestRun.spec(25, 10));

    assertThat(work()).isEqualTo(ExitCode.ENDED);

    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.trainer.end().step()).isEqualTo(25);
    for (String key :
        List.of(
            Metrics.LOSS,
            Metrics.GRADIENT_NORM,
            Metrics.LEARNING_RATE,
            Metrics.TOKENS,
            Metrics.TOKENS_PER_SECOND)) {
      assertThat(run.trainer.metrics(key).keySet())
          .as(key)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 25).boxed().toList());
    }
    assertThat(run.trainer.metrics(Metrics.TOKENS)).containsEntry(25L, 25.0 * 128);
    assertThat(run.trainer.metrics(Metrics.HELDOUT_LOSS).keySet()).containsExactly(10L, 20L, 25L);
    assertThat(run.trainer.heartbeats())
        .extracting(Heartbeat::device)
        .anyMatch(device -> device != null && device.startsWith("CPU"));
    assertThat(run.trainer.log())
        .extracting(LogReport.Line::text)
        .anyMatch(l -> l.contains("step 25"));
    assertThat(run.trainer.log()).noneMatch(line -> line.text().contains(FakeTrainer.TOKEN));
    requireCheckpoints(10, 20, 25);
    assertThat(Files.list(run.scratch().resolve("checkpoints"))).isEmpty();
  }

  /** Who goes on from a checkpoint measures no step before it again. */
  @Test
  void whatWasMeasuredIsKnownBeforeTheCheckpointIs() {
    run.assign(TestRun.spec(25, 10));

    assertThat(work()).isEqualTo(ExitCode.ENDED);

    assertThat(run.trainer.lastLosses()).isEqualTo(Map.of(10L, 10L, 20L, 20L, 25L, 25L));
  }

  /** The worker knows families only by their interface. */
  @Test
  void trainsAnotherFamily() throws IOException {
    run.assign(TestRun.spec(new ToyConfig(280, 16, 2, 0), 25, 10, 3e-2));

    assertThat(work()).isEqualTo(ExitCode.ENDED);

    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUCCEEDED);
    var loss = run.trainer.metrics(Metrics.LOSS);
    assertThat(loss.get(25L)).isLessThan(Objects.requireNonNull(loss.get(1L)) - 1);
    requireCheckpoints(10, 20, 25);
  }

  private void requireCheckpoints(long... steps) throws IOException {
    List<CheckpointReport> reports = run.trainer.checkpoints();
    assertThat(reports)
        .extracting(CheckpointReport::step)
        .containsExactlyElementsOf(LongStream.of(steps).boxed().toList());
    for (CheckpointReport report : reports) {
      Manifest manifest = Manifest.read(run.store, report.prefix(), "tnl/checkpoint/1");
      manifest.verify(run.store, report.prefix());
      assertThat(manifest.digest()).isEqualTo(report.manifestDigest());
      assertThat(manifest.objects())
          .extracting(Manifest.Entry::name)
          .containsExactly(
              "config.json",
              "model.safetensors",
              "optimizer.safetensors",
              "tokenizer.json",
              "tokenizer_config.json",
              "training-state.json");
      assertThat(manifest.attributes().path("step").longValue()).isEqualTo(report.step());
      assertThat(manifest.attributes().path("tokenSetId").stringValue()).isEqualTo("words");
      assertThat(manifest.attributes().path("dataCursor").path("globalSample").longValue())
          .isEqualTo(4 * report.step());
      assertThat(report.heldoutLoss())
          .isEqualTo(run.trainer.metrics(Metrics.HELDOUT_LOSS).get(report.step()));
      assertThat(report.bytes()).isPositive();
    }
    assertThat(run.trainer.end().finalCheckpoint()).isEqualTo(reports.getLast().prefix());
  }

  @Test
  void continuesAsIfItHadNeverBeenInterrupted() throws Exception {
    TrainingSpec spec = TestRun.spec(30, 30);
    run.assign(spec);
    work();
    Map<String, String> straight = run.digests(run.trainer.end().finalCheckpoint());

    run.assign(TestRun.spec(30, 7));
    System.setProperty(FailPoints.PROPERTY, "worker.step:throw:12");
    assertThat(work()).isEqualTo(ExitCode.FAILED);
    assertThat(run.trainer.end().reason()).startsWith("crashed: ");
    run.assign(TestRun.spec(30, 7).toJson(), run.trainer.newest(), 60);
    System.setProperty(FailPoints.PROPERTY, "worker.step:throw:15");
    assertThat(work()).isEqualTo(ExitCode.FAILED);
    System.clearProperty(FailPoints.PROPERTY);
    run.assign(spec.toJson(), run.trainer.newest(), 60);
    assertThat(work()).isEqualTo(ExitCode.ENDED);

    assertThat(run.digests(run.trainer.end().finalCheckpoint())).isEqualTo(straight);
    assertThat(run.trainer.checkpoints())
        .extracting(CheckpointReport::step)
        .containsExactly(30L, 7L, 14L, 21L, 30L);
  }

  @Test
  void goesOnOnNoOtherTokenSetThanTheRunBeganOn() throws IOException {
    run.commitTokens("token-sets/others", 2);
    run.assign(TestRun.spec(5, 5));
    assertThat(work()).isEqualTo(ExitCode.ENDED);
    ResumePoint newest = run.trainer.newest();
    run.assign(TestRun.spec(10, 5).toJson(), "token-sets/others", newest, 60);

    assertThat(work()).isEqualTo(ExitCode.FAILED);

    assertThat(run.trainer.end().reason())
        .startsWith("invalid-spec: ")
        .contains("data is not the checkpoint's");
  }

  @Test
  void cancelsWithoutACheckpoint() throws InterruptedException {
    run.assign(TestRun.spec(100_000, 0));
    ExitCode[] code = new ExitCode[1];
    Thread worker = inBackground(code);
    run.trainer.await("a step", () -> !run.trainer.metrics(Metrics.LOSS).isEmpty());

    run.trainer.direct(Directive.STOP);

    worker.join();
    assertThat(code).containsExactly(ExitCode.ENDED);
    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(run.trainer.checkpoints()).isEmpty();
  }

  @Test
  void suspendsWithACheckpointThatTheRunContinuesFrom() throws Exception {
    run.assign(TestRun.spec(100_000, 0));
    ExitCode[] code = new ExitCode[1];
    Thread worker = inBackground(code);
    run.trainer.await("a step", () -> !run.trainer.metrics(Metrics.LOSS).isEmpty());

    run.trainer.direct(Directive.CHECKPOINT_AND_STOP);

    worker.join();
    assertThat(code).containsExactly(ExitCode.ENDED);
    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUSPENDED);
    ResumePoint newest = Objects.requireNonNull(run.trainer.newest());
    assertThat(newest.step()).isEqualTo(run.trainer.end().step()).isPositive();
  }

  @Test
  void keepsTrainingWhileTheTrainerIsAwayAndTellsItAllLater() throws Exception {
    run.assign(TestRun.spec(60, 20).toJson(), null, 60);
    System.setProperty(FailPoints.PROPERTY, "worker.step:sleep-40");
    ExitCode[] code = new ExitCode[1];
    Thread worker = inBackground(code);
    run.trainer.await("a step", () -> !run.trainer.metrics(Metrics.LOSS).isEmpty());

    run.trainer.away(call -> true);
    Thread.sleep(3000);
    run.trainer.away(call -> false);

    worker.join();
    assertThat(code).containsExactly(ExitCode.ENDED);
    assertThat(run.trainer.metrics(Metrics.LOSS)).hasSize(60);
    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.SUCCEEDED);
    assertThat(run.trainer.newest()).extracting(ResumePoint::step).isEqualTo(60L);
  }

  @Test
  void commitsNothingWithoutALease() throws Exception {
    run.assign(TestRun.spec(40, 10).toJson(), null, 1);
    run.trainer.away("heartbeat"::equals);
    System.setProperty(FailPoints.PROPERTY, "worker.step:sleep-100");
    ExitCode[] code = new ExitCode[1];
    Thread worker = inBackground(code);
    run.trainer.await("all steps", () -> run.trainer.metrics(Metrics.LOSS).size() == 40);

    Thread.sleep(300);
    assertThat(run.trainer.checkpoints())
        .extracting(CheckpointReport::step)
        .doesNotContain(20L, 30L, 40L);
    assertThat(run.store.list("checkpoints")).noneMatch(o -> o.key().contains("/step-40/"));
    assertThat(run.trainer.ended()).isFalse();

    run.trainer.away(call -> false);
    worker.join();
    assertThat(code).containsExactly(ExitCode.ENDED);
    assertThat(run.trainer.newest()).extracting(ResumePoint::step).isEqualTo(40L);
  }

  @Test
  void leavesWithoutACommitWhenAnotherEpochOwnsTheRun() throws Exception {
    run.assign(TestRun.spec(100_000, 50));
    System.setProperty(FailPoints.PROPERTY, "worker.checkpoint.before-manifest:sleep-3000");
    ExitCode[] code = new ExitCode[1];
    Thread worker = inBackground(code);
    run.trainer.await("step 50", () -> run.trainer.metrics(Metrics.LOSS).size() >= 50);

    run.trainer.giveAway();

    worker.join();
    assertThat(code).containsExactly(ExitCode.STALE_EPOCH);
    assertThat(run.trainer.checkpoints()).isEmpty();
    assertThat(run.trainer.ended()).isFalse();
    assertThat(run.store.list("checkpoints")).noneMatch(o -> o.key().endsWith(Manifest.NAME));
  }

  @Test
  void saysSoWhenTheLossDiverges() {
    run.assign(TestRun.spec(500, 0, 1e30));

    assertThat(work()).isEqualTo(ExitCode.FAILED);

    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(run.trainer.end().reason()).startsWith("diverged: at step ");
  }

  private void requireFailure(String reason) {
    assertThat(work()).isEqualTo(ExitCode.FAILED);
    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(run.trainer.end().reason()).startsWith(reason);
    assertThat(run.trainer.metrics(Metrics.LOSS)).isEmpty();
  }

  @Test
  void failsBeforeTheFirstStepWhenMemoryDoesNotSuffice() {
    TrainingSpec small = TestRun.spec(10, 0);
    run.assign(
        new TrainingSpec(
            small.model(),
            small.optimizer(),
            new BatchSpec(1 << 14, 1 << 16),
            10,
            1,
            small.evaluation(),
            small.checkpoints()));

    requireFailure("memory: the plan needs ");
  }

  @Test
  void failsBeforeTheFirstStepWhenTheDiskDoesNotSuffice() {
    TrainingSpec small = TestRun.spec(10, 0);
    run.assign(
        new TrainingSpec(
            TnlConfig.of(280, 1 << 17, 2000, 2, 1 << 18, 0),
            small.optimizer(),
            small.batch(),
            10,
            1,
            small.evaluation(),
            small.checkpoints()));

    requireFailure("disk: checkpoints need ");
  }

  @Test
  void failsForASpecificationThatCannotBeCarriedOut() {
    ObjectNode unreadable = JsonMapper.shared().createObjectNode().put("steps", -1);
    run.assign(unreadable, null, 60);
    requireFailure("invalid-spec: ");

    TrainingSpec small = TestRun.spec(10, 0);
    run.assign(
        new TrainingSpec(
            small.model(),
            small.optimizer(),
            new BatchSpec(1, 1 << 20),
            10,
            1,
            small.evaluation(),
            small.checkpoints()));
    requireFailure("invalid-spec: a sequence length of 1048576 needs");

    run.assign(
        new TrainingSpec(
            TnlConfig.of(279, 32, 2, 2, 64, 0),
            small.optimizer(),
            small.batch(),
            10,
            1,
            small.evaluation(),
            small.checkpoints()));
    requireFailure("invalid-spec: ");
  }

  @Test
  void aRankOtherThanTheFirstAlsoSaysWhatCannotBeCarriedOut() {
    run.assign(JsonMapper.shared().createObjectNode().put("steps", -1), null, 60);
    Map<String, String> second =
        Map.of(
            WorkerEnvironment.RANK, "1",
            WorkerEnvironment.WORLD_SIZE, "2",
            WorkerEnvironment.RENDEZVOUS, "localhost:1");

    assertThat(work(second, new Termination())).isEqualTo(ExitCode.FAILED);

    assertThat(run.trainer.end().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(run.trainer.end().reason()).startsWith("invalid-spec: ");
  }

  private void damage(String key) throws IOException {
    Path file = Path.of(run.store.uri()).resolve(key);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.delete(file);
    Files.write(file, bytes);
  }

  @Test
  void namesTheObjectOfADamagedTokenSet() throws IOException {
    damage(TestRun.TOKENS + "/train-00000.bin");
    run.assign(TestRun.spec(10, 0));

    requireFailure("corrupt-token-set: corrupt object token-sets/words/train-00000.bin");
  }

  @Test
  void namesTheObjectOfADamagedCheckpoint() throws IOException {
    Assignment first = run.assign(TestRun.spec(4, 0));
    work();
    run.trainer.metrics(Metrics.LOSS);
    damage(first.checkpointPrefix(4) + "/optimizer.safetensors");
    run.assign(TestRun.spec(8, 0).toJson(), run.trainer.newest(), 60);

    assertThat(work()).isEqualTo(ExitCode.FAILED);
    assertThat(run.trainer.end().reason())
        .startsWith("corrupt-checkpoint: ")
        .contains(first.checkpointPrefix(4) + "/optimizer.safetensors");
  }

  @Test
  void refusesACheckpointThatIsNotTheRecordedOne() {
    run.assign(TestRun.spec(4, 0));
    work();
    ResumePoint newest = Objects.requireNonNull(run.trainer.newest());
    run.assign(
        TestRun.spec(8, 0).toJson(),
        new ResumePoint(newest.checkpointPrefix(), "0".repeat(64), 4),
        60);

    assertThat(work()).isEqualTo(ExitCode.FAILED);
    assertThat(run.trainer.end().reason())
        .startsWith("corrupt-checkpoint: ")
        .contains("manifest.json");
  }

  @Test
  void leavesWhenTheTrainerDoesNotKnowItsToken() {
    run.assign(TestRun.spec(4, 0));

    assertThat(work(Map.of(WorkerEnvironment.RUN_TOKEN, "wrong"), new Termination()))
        .isEqualTo(ExitCode.NOT_AUTHORISED);
  }

  @Test
  void givesUpAfterItsPatience() {
    run.assign(TestRun.spec(4, 0));
    run.trainer.away(call -> true);

    assertThat(work(Map.of(WorkerEnvironment.PATIENCE_SECONDS, "1"), new Termination()))
        .isEqualTo(ExitCode.TRAINER_UNREACHABLE);
  }
}
