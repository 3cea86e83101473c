package org.transnormer.worker.protocol;

/** How a worker process leaves. */
public enum ExitCode {
  /** The end was reported: succeeded, cancelled or suspended. */
  ENDED(0),
  /** The end was reported as failed. */
  FAILED(1),
  /** Environment or arguments are unusable; nothing was reported. */
  USAGE(64),
  /** The trainer could not be asked for the assignment, or never heard of the end. */
  TRAINER_UNREACHABLE(69),
  /** A fault of the machine or of the program that another attempt may not meet. */
  CRASHED(70),
  /** Another epoch owns the run. */
  STALE_EPOCH(75),
  /** The process that started this one is gone. */
  PARENT_GONE(76),
  /** The trainer does not accept the run token. */
  NOT_AUTHORISED(77);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
