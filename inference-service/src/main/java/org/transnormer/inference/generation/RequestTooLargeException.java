package org.transnormer.inference.generation;

/** The request would not fit into an idle engine either; trying again is of no use. */
public final class RequestTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RequestTooLargeException(String message) {
    super(message);
  }
}
