package org.transnormer.model.device;

import org.jspecify.annotations.Nullable;

/** A device cannot be computed on here; the message says what is missing and what to do. */
public class DeviceUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public DeviceUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
