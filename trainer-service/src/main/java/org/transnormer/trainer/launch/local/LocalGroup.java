package org.transnormer.trainer.launch.local;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.launch.ObservedGroup;
import org.transnormer.trainer.launch.ObservedGroup.Active;
import org.transnormer.trainer.launch.ObservedGroup.Broken;
import org.transnormer.trainer.launch.ObservedGroup.Done;
import org.transnormer.trainer.launch.ObservedGroup.Phase;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.WorkerEnvironment;

/** The processes of one group, one for each rank, each with a folder of its own. */
final class LocalGroup {

  private static final Logger LOG = System.getLogger(LocalGroup.class.getName());

  private static final String LOG_FILE = "worker.log";
  private static final String SCRATCH = "scratch";

  /** The shell's way to say that a signal ended a process. */
  private static final int SIGNAL_BASE = 128;

  private static final int SIGKILL = 9;

  private final String runId;
  private final int attempt;
  private final Path folder;
  private final int port;
  private final Instant startedAt;
  private final List<Process> ranks = new CopyOnWriteArrayList<>();

  /** How the first rank was lost; set before the others are killed on its account. */
  private final AtomicReference<@Nullable String> loss = new AtomicReference<>();

  LocalGroup(String runId, int attempt, Path folder, int port, Instant startedAt) {
    this.runId = runId;
    this.attempt = attempt;
    this.folder = folder;
    this.port = port;
    this.startedAt = startedAt;
  }

  /**
   * Starts one more rank.
   *
   * @param environment all of it; nothing is inherited
   */
  void startRank(List<String> command, Map<String, String> environment, Runnable onExit)
      throws IOException {
    Path home = folder.resolve("rank-" + ranks.size());
    Files.createDirectories(home.resolve(SCRATCH));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve(LOG_FILE).toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put(WorkerEnvironment.SCRATCH, home.resolve(SCRATCH).toString());
    builder.environment().put(WorkerEnvironment.RANK, Integer.toString(ranks.size()));
    builder.environment().put(WorkerEnvironment.RENDEZVOUS, "127.0.0.1:" + port);
    int rank = ranks.size();
    Process process = builder.start();
    ProcessMark.of(process.toHandle()).write(home);
    ranks.add(process);
    process
        .onExit()
        .thenAccept(ended -> {
          LOG.log(
              Level.DEBUG,
              "process {0} of run {1}, attempt {2} ended with {3}",
              Long.toString(ended.pid()),
              runId,
              attempt,
              ended.exitValue());
          if (ended.exitValue() != 0) {
            loss.compareAndSet(null, lost(rank, ended));
            kill(); // the others would wait for the lost one for ever
          }
          onExit.run();
        });
  }

  ObservedGroup observed() {
    return new ObservedGroup(runId, attempt, phase());
  }

  private Phase phase() {
    for (int rank = 0; rank < ranks.size(); rank++) {
      Process process = ranks.get(rank);
      if (!process.isAlive() && process.exitValue() != 0) {
        String seen = lost(rank, process);
        String first = loss.get(); // asked last: whoever was killed for it fell later
        return new Broken(first == null ? seen : first);
      }
    }
    return ranks.stream().anyMatch(Process::isAlive) ? new Active(startedAt) : new Done();
  }

  private static String lost(int rank, Process process) {
    return "rank %d %s".formatted(rank, ending(process.exitValue()));
  }

  private static String ending(int code) {
    for (ExitCode known : ExitCode.values()) {
      if (known.code() == code) {
        return "ended: %s (exit code %d)"
            .formatted(known.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), code);
      }
    }
    if (code == SIGNAL_BASE + SIGKILL) {
      return "was killed (signal 9), by a person or for want of memory";
    }
    return code > SIGNAL_BASE
        ? "was ended by signal " + (code - SIGNAL_BASE)
        : "ended with exit code " + code;
  }

  boolean over() {
    return ranks.stream().noneMatch(Process::isAlive);
  }

  String rendezvous() {
    return "127.0.0.1:" + port;
  }

  Path folder() {
    return folder;
  }

  List<String> logTail(int lines) {
    List<String> tail = new ArrayList<>();
    for (int rank = 0; rank < ranks.size(); rank++) {
      tail.addAll(LogTail.of(folder.resolve("rank-" + rank).resolve(LOG_FILE), lines));
    }
    return tail.subList(Math.max(0, tail.size() - lines), tail.size());
  }

  /** Asks the workers to leave; they write a checkpoint first. */
  void terminate() {
    ranks.forEach(Process::destroy);
  }

  void kill() {
    ranks.forEach(Process::destroyForcibly);
  }

  /** Waits for the end of all ranks. */
  boolean awaitEnd(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (Process process : ranks) {
      long left = Math.max(0, deadline - System.nanoTime());
      if (!process.waitFor(left, TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return true;
  }

  /** Kills what a former launcher has left running in a group's folder. */
  static void killLeftOver(Path folder) throws IOException {
    try (var homes = Files.list(folder)) {
      for (Path home : homes.filter(Files::isDirectory).toList()) {
        Optional<ProcessHandle> process = ProcessMark.read(home).flatMap(ProcessMark::process);
        process.ifPresent(handle -> {
          LOG.log(
              Level.INFO, "killing worker {0} of a former launcher", Long.toString(handle.pid()));
          handle.destroyForcibly();
        });
      }
    }
  }
}
