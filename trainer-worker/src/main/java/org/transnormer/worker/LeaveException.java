package org.transnormer.worker;

import org.transnormer.worker.protocol.ExitCode;

/** This process has nothing more to do or to say here. */
final class LeaveException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  LeaveException(ExitCode exitCode, String reason) {
    super(reason);
    this.exitCode = exitCode;
  }

  ExitCode exitCode() {
    return exitCode;
  }
}
