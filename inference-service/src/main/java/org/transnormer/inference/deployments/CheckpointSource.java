package org.transnormer.inference.deployments;

import java.io.IOException;
import java.nio.file.Path;

/** Finds checkpoints and brings them here, verified. */
public interface CheckpointSource {

  /**
   * The checkpoint that an alias names now.
   *
   * @throws UnknownCheckpointException when there is no such alias
   */
  String resolve(Deployment.Target target) throws UnknownCheckpointException;

  /**
   * Does nothing when the target is there, or when that cannot be told now.
   *
   * @throws UnknownCheckpointException when there is no such alias or checkpoint
   */
  void require(Deployment.Target target) throws UnknownCheckpointException;

  /**
   * A local folder with the checkpoint's files, each verified against the manifest, and the
   * manifest against the digest that the checkpoint was registered with.
   */
  Path fetch(String checkpointId) throws IOException, UnknownCheckpointException;

  /** There is no such alias or checkpoint. */
  final class UnknownCheckpointException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnknownCheckpointException(String message) {
      super(message);
    }
  }
}
