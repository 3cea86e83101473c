package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * One rank is killed at a random step; the others must leave soon and say why, and the group that
 * starts over from the last checkpoint must get the same losses as one that was never disturbed.
 */
final class FaultBench {

  private static final int STEPS = BenchRank.TINY ? 9 : 60;
  private static final int CHECKPOINT_STEPS = STEPS / 3;
  private static final int SECONDS = BenchRank.TINY ? 300 : 120;
  private static final String LOSSES = "losses";
  private static final String CHECKPOINT = "step-";

  private final ParallelBench bench;

  FaultBench(ParallelBench bench) {
    this.bench = bench;
  }

  void run(ObjectNode report) throws IOException, InterruptedException {
    Path calm = Files.createDirectories(bench.folder().resolve("calm"));
    Path hit = Files.createDirectories(bench.folder().resolve("hit"));
    Random random = new Random();
    int step = CHECKPOINT_STEPS + 1 + random.nextInt(STEPS - CHECKPOINT_STEPS - 2);
    int victim = random.nextInt(bench.ranks());

    complete(calm);
    List<Process> processes = start(hit);
    while (losses(hit).size() < step && processes.stream().allMatch(Process::isAlive)) {
      Thread.sleep(1);
    }
    processes.get(victim).destroyForcibly();
    long killed = System.nanoTime();
    ParallelBench.await(processes, SECONDS);
    double seconds = (System.nanoTime() - killed) * 1e-9;
    int survivor = (victim + 1) % bench.ranks();
    String reason =
        bench
            .log(ParallelBench.FAULTS, survivor)
            .lines()
            .filter(line -> line.contains(BenchRank.LEAVING))
            .findFirst()
            .orElse("nothing");
    int reached = losses(hit).size();
    complete(hit);

    boolean equal = losses(hit).equals(losses(calm));
    report.put("rank killed", victim);
    report.put("at step", reached);
    report.put("seconds until all others had left", seconds);
    report.put("last words of another", reason);
    report.put("exit of another", processes.get(survivor).exitValue());
    report.put("steps", losses(hit).size());
    report.put("losses equal to those of an undisturbed run", equal);
    CudaBench.say(
        "rank %d killed at step %d: the others left after %.1f s (%s); started over: losses %s",
        victim, reached, seconds, reason, equal ? "equal" : "DIFFER");
  }

  private List<Process> start(Path run) throws IOException {
    return bench.start(ParallelBench.FAULTS, List.of(run.toString()));
  }

  private void complete(Path run) throws IOException, InterruptedException {
    if (!ParallelBench.await(start(run), SECONDS)) {
      throw new IllegalStateException(bench.log(ParallelBench.FAULTS, 0));
    }
  }

  /** In a rank's process: from the last checkpoint in the folder to the end. */
  static void train(BenchRank bench, Path run) throws IOException {
    TnlConfig model =
        BenchRank.TINY ? BenchRank.size("385M") : TnlConfig.of(4096, 1024, 2, 8, 2816, 0);
    BatchSpec batch = BenchRank.TINY ? new BatchSpec(2, 16) : new BatchSpec(8, 1024);
    TrainingSpec spec = BenchRank.spec(model, batch, STEPS);
    boolean first = bench.all().rank() == 0;
    Path checkpoint = lastCheckpoint(run).orElse(null);
    bench.meet(); // before anyone writes another
    try (TrainingSession session =
        bench.session(spec, bench.ranks(1, 1, Sharding.OPTIMIZER), checkpoint)) {
      while (!session.finished()) {
        StepReport report = session.step();
        if (first) {
          note(run, report);
        }
        if (session.stepsDone() % CHECKPOINT_STEPS == 0) {
          Path unfinished = run.resolve("unfinished");
          session.writeCheckpoint(unfinished);
          if (first) {
            Files.move(unfinished, run.resolve(CHECKPOINT + session.stepsDone()));
          }
        }
      }
    }
  }

  private static void note(Path run, StepReport report) throws IOException {
    Files.writeString(
        run.resolve(LOSSES),
        report.step() + " " + report.loss() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static Optional<Path> lastCheckpoint(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(CHECKPOINT))
          .max(Comparator.comparingInt(FaultBench::step));
    }
  }

  private static int step(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().substring(CHECKPOINT.length()));
  }

  /** By step; of a step that was done again, the later. */
  private static Map<String, String> losses(Path run) {
    Path file = run.resolve(LOSSES);
    Map<String, String> losses = new HashMap<>();
    try (Stream<String> lines = Files.exists(file) ? Files.lines(file) : Stream.<String>empty()) {
      lines
          .map(line -> line.split(" "))
          .filter(words -> words.length == 2)
          .forEach(words -> losses.put(words[0], words[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return losses;
  }
}
