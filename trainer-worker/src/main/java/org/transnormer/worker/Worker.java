package org.transnormer.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.model.data.CorruptTokenSetException;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.parallel.RankLostException;
import org.transnormer.model.train.DivergedException;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.CheckpointCommitter.TokenSetName;
import org.transnormer.worker.TrainingLoop.Ending;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.EndReport;
import org.transnormer.worker.protocol.EndReport.Outcome;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.FailureCode;
import org.transnormer.worker.protocol.WorkerState;

/** Carries out one attempt of one run: asks what to do, does it, says how it ended. */
final class Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** What is left of the time that an operating system gives a process after asking it to end. */
  private static final Duration PATIENCE_WHEN_TERMINATED = Duration.ofSeconds(15);

  private final WorkerSettings settings;
  private final TrainerClient client;
  private final WorkerLog log;
  private final Termination termination;
  private final Consumer<LeaveException> leave;

  /**
   * @param leave called at once, from another thread, when the trainer wants nothing more
   */
  Worker(
      WorkerSettings settings,
      WorkerLog log,
      Termination termination,
      Consumer<LeaveException> leave) {
    this.settings = settings;
    this.client = new TrainerClient(settings);
    this.log = log;
    this.termination = termination;
    this.leave = leave;
  }

  ExitCode run() {
    try {
      Assignment assignment = askForAssignment();
      LOG.info(
          "run {}, attempt {}, epoch {}",
          assignment.runId(),
          assignment.attempt(),
          assignment.epoch());
      try (TrainerLink link = new TrainerLink(client, assignment, settings.rank(), log, leave)) {
        return report(link, assignment, carryOut(assignment, link));
      }
    } catch (LeaveException e) {
      LOG.error("leaving: {}", e.getMessage());
      return e.exitCode();
    } catch (TrainerAwayException e) {
      LOG.error("trainer stayed away: {}", e.getMessage());
      return ExitCode.TRAINER_UNREACHABLE;
    } catch (FailedException e) {
      LOG.error("the trainer does not say what to do: {}", e.getMessage());
      return ExitCode.CRASHED;
    }
  }

  private Assignment askForAssignment() throws TrainerAwayException {
    Pause pause = new Pause(FIRST_PAUSE, LONGEST_PAUSE);
    long deadline = System.nanoTime() + settings.patience().toNanos();
    while (true) {
      try {
        return client.assignment();
      } catch (TrainerAwayException e) {
        Duration wait = pause.take();
        if (System.nanoTime() + wait.toNanos() - deadline > 0 || termination.requested()) {
          throw e;
        }
        LOG.warn("no assignment yet: {}", e.getMessage());
        TrainerLink.sleep(wait);
      }
    }
  }

  /** The attempt, with everything that goes wrong turned into an ending. */
  private Ending carryOut(Assignment assignment, TrainerLink link) throws TrainerAwayException {
    try {
      return train(assignment, link);
    } catch (FailedException e) {
      LOG.error("failed: {}", e.getMessage(), e);
      return Ending.failed(e.reason());
    } catch (DivergedException e) {
      LOG.error("{}", e.getMessage());
      return Ending.failed(
          FailureCode.DIVERGED.reason("at step %d: %s".formatted(e.step(), e.reason())));
    } catch (CorruptTokenSetException e) {
      LOG.error("failed", e);
      return Ending.failed(FailureCode.CORRUPT_TOKEN_SET.reason(String.valueOf(e.getMessage())));
    } catch (RankLostException e) {
      LOG.error("{}", e.getMessage());
      return Ending.failed(FailureCode.CRASHED.reason(String.valueOf(e.getMessage())));
    } catch (OutOfMemoryError e) {
      LOG.error("failed", e);
      return Ending.failed(FailureCode.MEMORY.reason(String.valueOf(e.getMessage())));
    } catch (LeaveException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      LOG.error("crashed", e);
      return Ending.failed(FailureCode.CRASHED.reason(e.toString()));
    }
  }

  private Ending train(Assignment assignment, TrainerLink link)
      throws IOException, TrainerAwayException {
    Files.createDirectories(settings.scratch());
    try (ObjectStore store = ObjectStore.open(settings.store())) {
      Preparation preparation = new Preparation(store, settings.scratch(), assignment);
      TrainingSpec spec = preparation.spec();
      preparation.requireDisk(spec);
      try (RankGroup group = RankGroup.open(settings, threads(assignment), this::lost);
          TokenSet tokens = preparation.tokenSet()) {
        LOG.info("backend: {}", group.backend().describe());
        link.computesOn(group.backend().describe());
        preparation.requireMemory(spec, group);
        boolean writes = group.ranks().writes();
        try (TrainingSession session = preparation.session(spec, tokens, group);
            CheckpointCommitter checkpoints =
                new CheckpointCommitter(
                    store,
                    settings.scratch(),
                    assignment,
                    name(assignment, tokens),
                    link,
                    writes)) {
          Ending ending = new TrainingLoop(session, group, link, checkpoints, termination).run();
          group.done();
          link.at(WorkerState.STOPPING, session.stepsDone());
          if (ending.outcome() != Outcome.CANCELLED) {
            checkpoints.drain(patience());
          }
          return ending.with(session.stepsDone(), checkpoints.lastCommitted().orElse(null));
        }
      }
    }
  }

  /** What this rank waits for ends by itself; if it does not, the process ends. */
  private void lost(String reason) {
    LOG.error("{}", reason);
    leave.accept(new LeaveException(ExitCode.CRASHED, reason));
  }

  private int threads(Assignment assignment) {
    if (settings.threads() > 0) {
      return settings.threads();
    }
    return assignment.threads() > 0
        ? assignment.threads()
        : Runtime.getRuntime().availableProcessors();
  }

  private static TokenSetName name(Assignment assignment, TokenSet tokens) {
    String prefix = assignment.tokenSetPrefix().replaceAll("/+$", "");
    return new TokenSetName(
        prefix.substring(prefix.lastIndexOf('/') + 1), tokens.header().snapshotId());
  }

  private Duration patience() {
    Duration patience = settings.patience();
    return termination.requested() && patience.compareTo(PATIENCE_WHEN_TERMINATED) > 0
        ? PATIENCE_WHEN_TERMINATED
        : patience;
  }

  private ExitCode report(TrainerLink link, Assignment assignment, Ending ending)
      throws TrainerAwayException {
    LOG.info("{} after step {} {}", ending.outcome(), ending.step(), ending.reason());
    log.detach();
    if (settings.rank() == 0 || ending.isFinal()) {
      link.end(
          new EndReport(
              assignment.epoch(),
              ending.outcome(),
              ending.reason(),
              ending.step(),
              ending.finalCheckpoint()),
          patience());
    }
    return ending.outcome() == Outcome.FAILED ? ExitCode.FAILED : ExitCode.ENDED;
  }
}
