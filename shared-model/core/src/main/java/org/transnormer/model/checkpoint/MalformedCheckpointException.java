package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of a checkpoint that cannot be what it claims to be; the message names the file. */
public final class MalformedCheckpointException extends IOException {

  public MalformedCheckpointException(Path file, String reason) {
    this(file, reason, null);
  }

  public MalformedCheckpointException(Path file, String reason, @Nullable Throwable cause) {
    super(file.getFileName() + ": " + reason, cause);
  }
}
