package org.transnormer.model.backend.cuda;

import org.jspecify.annotations.Nullable;
import org.transnormer.model.device.DeviceUnavailableException;

/** No GPU can be computed on; the message says what is missing and what to do. */
public final class CudaUnavailableException extends DeviceUnavailableException {

  private static final long serialVersionUID = 1;

  CudaUnavailableException(String message) {
    this(message, null);
  }

  CudaUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
