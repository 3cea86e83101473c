package org.transnormer.worker.protocol;

import java.util.Locale;

/** Why an attempt failed: the first word of an {@link EndReport}'s reason. */
public enum FailureCode {
  /** The loss left the range in which going on makes sense. */
  DIVERGED,
  /** Less memory than the plan needs. */
  MEMORY,
  /** Less room on a disk than checkpoints need. */
  DISK,
  /** The checkpoint to continue from is damaged; the detail names the object. */
  CORRUPT_CHECKPOINT,
  /** The token set is damaged; the detail names the object. */
  CORRUPT_TOKEN_SET,
  /** The specification cannot be carried out. */
  INVALID_SPEC,
  /** A fault that another attempt may not meet; the only one that is worth another attempt. */
  CRASHED;

  /** {@code corrupt-checkpoint} */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code code: detail} */
  public String reason(String detail) {
    return code() + ": " + detail;
  }
}
