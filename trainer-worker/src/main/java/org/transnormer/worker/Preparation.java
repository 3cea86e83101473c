package org.transnormer.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.MalformedCheckpointException;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.data.CorruptTokenSetException;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.TokenSetHeader;
import org.transnormer.model.device.Room;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.Assignment.ResumePoint;
import org.transnormer.worker.protocol.FailureCode;

/**
 * Everything before the first step: what can be known to fail later fails here, with its reason.
 */
record Preparation(ObjectStore store, Path scratch, Assignment assignment) {

  private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

  /** Weights and two moments, four bytes each. */
  private static final int CHECKPOINT_BYTES_PER_PARAMETER = 12;

  /** Tokenizer, configuration, manifests. */
  private static final long OTHER_FILES = 64L << 20;

  TrainingSpec spec() {
    try {
      return TrainingSpec.parse(assignment.spec());
    } catch (InvalidConfigException e) {
      throw new FailedException(FailureCode.INVALID_SPEC, String.valueOf(e.getMessage()), e);
    }
  }

  /** Fetched and verified. */
  TokenSet tokenSet() throws IOException {
    String prefix = assignment.tokenSetPrefix();
    try {
      Manifest manifest = Manifest.read(store, prefix, TokenSetHeader.FORMAT);
      return TokenSet.open(manifest.fetch(store, prefix));
    } catch (NoSuchObjectException e) {
      throw new FailedException(
          FailureCode.CORRUPT_TOKEN_SET, "no token set at " + prefix + ": " + e.getMessage(), e);
    } catch (CorruptArtifactException | CorruptTokenSetException e) {
      throw new FailedException(FailureCode.CORRUPT_TOKEN_SET, String.valueOf(e.getMessage()), e);
    }
  }

  void requireMemory(TrainingSpec spec, RankGroup group) {
    long needed;
    try {
      needed = TrainingSession.plan(spec, group.backend(), group.ranks()).bytes();
    } catch (ArithmeticException e) {
      throw new FailedException(
          FailureCode.MEMORY, "the plan needs more than a process can address", e);
    } catch (IllegalArgumentException e) {
      throw new FailedException(FailureCode.INVALID_SPEC, String.valueOf(e.getMessage()), e);
    }
    long available = Room.memory(group.backend());
    LOG.info("memory: the plan needs {}, {} available", size(needed), size(available));
    if (needed > available) {
      throw new FailedException(
          FailureCode.MEMORY,
          "the plan needs %s, %s are available".formatted(size(needed), size(available)));
    }
  }

  void requireDisk(TrainingSpec spec) throws IOException {
    long checkpoint = spec.model().parameterCount() * CHECKPOINT_BYTES_PER_PARAMETER + OTHER_FILES;
    requireDisk("scratch", Files.createDirectories(scratch), checkpoint);
    if ("file".equals(store.uri().getScheme())) {
      // The newest one is deleted only after the next one is committed.
      requireDisk("the store", Path.of(store.uri()), 2 * checkpoint);
    }
  }

  private static void requireDisk(String what, Path folder, long needed) throws IOException {
    long available = Room.disk(folder);
    if (needed > available) {
      throw new FailedException(
          FailureCode.DISK,
          "checkpoints need %s in %s, %s are free".formatted(size(needed), what, size(available)));
    }
  }

  TrainingSession session(TrainingSpec spec, TokenSet tokens, RankGroup group) throws IOException {
    try {
      ResumePoint from = assignment.resumeFrom();
      List<TokenSet> sets = List.of(tokens);
      if (from == null) {
        return TrainingSession.start(spec, sets, group.backend(), group.ranks());
      }
      return TrainingSession.resume(checkpoint(from), spec, sets, group.backend(), group.ranks());
    } catch (MalformedCheckpointException | CorruptArtifactException | NoSuchObjectException e) {
      throw new FailedException(FailureCode.CORRUPT_CHECKPOINT, String.valueOf(e.getMessage()), e);
    } catch (CorruptTokenSetException e) {
      throw new FailedException(FailureCode.CORRUPT_TOKEN_SET, String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new FailedException(FailureCode.INVALID_SPEC, String.valueOf(e.getMessage()), e);
    }
  }

  /** Fetched and verified. */
  private Path checkpoint(ResumePoint from) throws IOException {
    String prefix = from.checkpointPrefix();
    Manifest manifest = Manifest.read(store, prefix, CheckpointFolder.FORMAT);
    String expected = from.manifestDigest();
    if (expected != null && !expected.equals(manifest.digest())) {
      throw new CorruptArtifactException(
          prefix + "/" + Manifest.NAME,
          "its digest is %s, recorded is %s".formatted(manifest.digest(), expected));
    }
    LOG.info("resuming from {}", prefix);
    return manifest.fetch(store, prefix);
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1L << 30));
  }
}
