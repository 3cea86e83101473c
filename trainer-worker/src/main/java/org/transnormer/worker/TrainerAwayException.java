package org.transnormer.worker;

import org.jspecify.annotations.Nullable;

/** The trainer gave no usable answer; asking again later may help. */
final class TrainerAwayException extends Exception {
  private static final long serialVersionUID = 1L;

  TrainerAwayException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
