package org.transnormer.model.backend.cuda;

import org.jspecify.annotations.Nullable;

/** No GPU can be computed on; the message says what is missing and what to do. */
public final class CudaUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  CudaUnavailableException(String message) {
    this(message, null);
  }

  CudaUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
