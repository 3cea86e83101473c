package org.transnormer.worker;

import org.jspecify.annotations.Nullable;
import org.transnormer.worker.protocol.FailureCode;

/** The attempt fails, for a reason that the trainer will hear. */
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;

  FailedException(FailureCode code, String detail) {
    this(code, detail, null);
  }

  FailedException(FailureCode code, String detail, @Nullable Throwable cause) {
    super(detail, cause);
    this.code = code;
  }

  FailureCode code() {
    return code;
  }

  String reason() {
    return code.reason(String.valueOf(getMessage()));
  }
}
