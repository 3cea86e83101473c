package org.transnormer.trainer.checkpoints;

import java.io.IOException;
import java.util.Optional;

/** The objects of checkpoints. */
public interface CheckpointFiles {

  /**
   * What a manifest says.
   *
   * @param bytes of all objects
   */
  record Facts(
      String manifestDigest,
      long bytes,
      long step,
      Optional<String> tokenSetId,
      Optional<String> snapshotId) {}

  /**
   * Reads the manifest and checks that every object is there in its size. The digests of the
   * objects were taken while they were written; {@link #verify} takes them again.
   *
   * @throws UnusableCheckpointException naming what is missing or wrong
   */
  Facts inspect(String prefix) throws IOException, UnusableCheckpointException;

  /**
   * Reads every byte and compares all digests.
   *
   * @throws UnusableCheckpointException naming the object that differs
   */
  void verify(String prefix, String manifestDigest) throws IOException, UnusableCheckpointException;

  /** Deletes the manifest first, so that what is left in between is no checkpoint. */
  void delete(String prefix) throws IOException;
}
