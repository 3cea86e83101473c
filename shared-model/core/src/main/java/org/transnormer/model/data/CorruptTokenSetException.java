package org.transnormer.model.data;

import java.nio.file.Path;

/** A token set whose files contradict its description or each other. */
public final class CorruptTokenSetException extends RuntimeException {

  public CorruptTokenSetException(Path file, String reason) {
    super(file.getFileName() + ": " + reason);
  }
}
