package org.transnormer.model.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a checkpoint that cannot be what it claims to be; the message names the file, and is
 * short whatever the file holds.
 */
public final class MalformedCheckpointException extends IOException {

  private static final int LONGEST_REASON = 500;

  public MalformedCheckpointException(Path file, String reason) {
    this(file, reason, null);
  }

  public MalformedCheckpointException(Path file, String reason, @Nullable Throwable cause) {
    super(file.getFileName() + ": " + abbreviated(reason), cause);
  }

  private static String abbreviated(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
  }
}
