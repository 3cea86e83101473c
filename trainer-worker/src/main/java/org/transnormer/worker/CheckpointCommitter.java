package org.transnormer.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.FailureCode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings checkpoints into the store: files first, then the manifest, then the trainer's record. A
 * checkpoint is committed only while the lease holds; one that cannot be committed yet waits in
 * scratch, and a newer one takes its place.
 */
final class CheckpointCommitter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCommitter.class);

  /** Uploads that fail one after another before the attempt fails. */
  private static final int MOST_FAILURES = 6;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private final ObjectStore store;
  private final Path scratch;
  private final Assignment assignment;
  private final TokenSetName tokenSet;
  private final TrainerLink link;
  private final boolean writes;
  private final Pause pause = new Pause(FIRST_PAUSE, LONGEST_PAUSE);

  private @Nullable Waiting waiting;
  private long nextTry = System.nanoTime();
  private int failures;
  private long lastWritten = -1;
  private @Nullable String lastCommitted;

  /** What checkpoints say about the data. */
  record TokenSetName(String id, String snapshotId) {}

  /** Losses known when a checkpoint was written. */
  record Losses(@Nullable Double train, @Nullable Double heldout) {}

  private static final class Waiting {
    private final long step;
    private final Path folder;
    private final ObjectNode attributes;
    private final Losses losses;

    /** Set once the manifest is in the store. */
    private @Nullable CheckpointReport report;

    Waiting(long step, Path folder, ObjectNode attributes, Losses losses) {
      this.step = step;
      this.folder = folder;
      this.attributes = attributes;
      this.losses = losses;
    }
  }

  /**
   * @param writes whether this rank is the one whose files count
   */
  CheckpointCommitter(
      ObjectStore store,
      Path scratch,
      Assignment assignment,
      TokenSetName tokenSet,
      TrainerLink link,
      boolean writes)
      throws IOException {
    this.store = store;
    this.writes = writes;
    this.scratch = Files.createDirectories(scratch.resolve("checkpoints"));
    this.assignment = assignment;
    this.tokenSet = tokenSet;
    this.link = link;
    if (!writes) {
      return;
    }
    try (Stream<Path> old = Files.list(this.scratch)) {
      old.forEach(CheckpointCommitter::delete);
    }
  }

  /** The step of the newest checkpoint, committed or not; -1 before the first. */
  long lastWritten() {
    return lastWritten;
  }

  /** Key prefix of the newest checkpoint that the trainer knows. */
  Optional<String> lastCommitted() {
    return Optional.ofNullable(lastCommitted);
  }

  /** Writes the session's state to scratch, to be committed by {@link #tryCommit}. */
  void write(TrainingSession session, Losses losses) {
    long step = session.stepsDone();
    Path folder = scratch.resolve("step-" + step);
    FailPoints.hit("worker.checkpoint.before-write");
    try {
      session.writeCheckpoint(folder);
    } catch (IOException e) {
      throw new FailedException(
          FailureCode.DISK, "checkpoint of step %d: %s".formatted(step, e.getMessage()), e);
    }
    lastWritten = step;
    if (!writes) {
      return;
    }
    Waiting older = waiting;
    if (older != null) {
      LOG.warn("checkpoint of step {} gives way to that of step {}", older.step, step);
      delete(older.folder);
    }
    waiting = new Waiting(step, folder, attributes(session, losses), losses);
    nextTry = System.nanoTime();
  }

  private ObjectNode attributes(TrainingSession session, Losses losses) {
    ObjectNode attributes = JsonMapper.shared().createObjectNode();
    attributes.put("runId", assignment.runId());
    attributes.put("attempt", assignment.attempt());
    attributes.put("step", session.stepsDone());
    attributes.put("tokenSetId", tokenSet.id());
    attributes.put("snapshotId", tokenSet.snapshotId());
    attributes.putObject("dataCursor").put("globalSample", session.cursor().globalSample());
    ObjectNode values = attributes.putObject("losses");
    if (losses.train() != null) {
      values.put("train", losses.train());
    }
    if (losses.heldout() != null) {
      values.put("heldout", losses.heldout());
    }
    return attributes;
  }

  /**
   * Commits what waits, if the lease holds and the last try is long enough ago.
   *
   * @return whether nothing waits any more
   */
  boolean tryCommit() {
    Waiting checkpoint = waiting;
    if (checkpoint == null) {
      return true;
    }
    if (System.nanoTime() - nextTry < 0 || !link.leased()) {
      return false;
    }
    try {
      if (checkpoint.report == null) {
        checkpoint.report = store(checkpoint);
        failures = 0;
      }
      String id = link.checkpoint(checkpoint.report);
      LOG.info("checkpoint of step {} committed as {}", checkpoint.step, id);
      lastCommitted = checkpoint.report.prefix();
      waiting = null;
      pause.reset();
      delete(checkpoint.folder);
      return true;
    } catch (TrainerAwayException e) {
      later("trainer was not told of checkpoint " + checkpoint.step, e);
    } catch (IOException e) {
      if (++failures == MOST_FAILURES) {
        throw new FailedException(
            FailureCode.CRASHED, "checkpoint %d: %s".formatted(checkpoint.step, e), e);
      }
      later("checkpoint %d is not in the store".formatted(checkpoint.step), e);
    }
    return false;
  }

  private void later(String what, Exception why) {
    Duration wait = pause.take();
    nextTry = System.nanoTime() + wait.toNanos();
    LOG.warn("{}, next try in {} ms: {}", what, wait.toMillis(), why.getMessage());
  }

  private CheckpointReport store(Waiting checkpoint) throws IOException {
    String prefix = assignment.checkpointPrefix(checkpoint.step);
    List<Manifest.Entry> entries = new ArrayList<>();
    long bytes = 0;
    for (Path file : files(checkpoint.folder)) {
      try (ObjectWriter out = store.create(prefix + "/" + file.getFileName())) {
        bytes += Files.copy(file, out);
        entries.add(Manifest.Entry.of(prefix, out.commit()));
      }
    }
    FailPoints.hit("worker.checkpoint.before-manifest");
    link.requireCurrent();
    if (!link.leased()) {
      throw new IOException("the lease ran out meanwhile");
    }
    Manifest manifest = new Manifest(CheckpointFolder.FORMAT, entries, checkpoint.attributes);
    manifest.commit(store, prefix);
    FailPoints.hit("worker.checkpoint.after-manifest");
    return new CheckpointReport(
        assignment.epoch(),
        checkpoint.step,
        prefix,
        manifest.digest(),
        bytes,
        checkpoint.losses.train(),
        checkpoint.losses.heldout(),
        tokenSet.id(),
        tokenSet.snapshotId());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Commits what waits before the end is reported, as long as patience lasts. */
  void drain(Duration patience) throws TrainerAwayException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!tryCommit()) {
      link.requireCurrent();
      if (System.nanoTime() - deadline > 0) {
        throw new TrainerAwayException("the last checkpoint could not be committed", null);
      }
      TrainerLink.sleep(Duration.ofMillis(100));
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} stays in scratch: {}", folder.getFileName(), e.getMessage());
    }
  }

  @Override
  public void close() {
    Waiting uncommitted = waiting;
    if (uncommitted != null) {
      delete(uncommitted.folder);
    }
  }
}
