package org.transnormer.trainer.checkpoints;

import java.util.Map;
import java.util.Set;

/** Somebody who refers to checkpoints, which therefore must stay. */
public interface CheckpointReferences {

  /**
   * Those of the given checkpoints that are referred to, each with who does, in words.
   *
   * @throws UnknownReferencesException when it cannot be told; then all of them stay
   */
  Map<String, String> among(Set<String> checkpointIds);

  /** Whoever knows the references cannot be asked now. */
  final class UnknownReferencesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownReferencesException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
