package org.transnormer.support.web;

import java.io.IOException;
import org.springframework.http.ProblemDetail;
import org.springframework.util.unit.DataSize;
import org.transnormer.support.problems.Problems;

/** The body of a request is larger than this service reads. */
public final class PayloadTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long limit;

  PayloadTooLargeException(DataSize limit) {
    super("the body is larger than " + limit.toBytes() + " bytes");
    this.limit = limit.toBytes();
  }

  public ProblemDetail detail() {
    ProblemDetail detail =
        Problems.detail(
            413, "payload-too-large", "Payload too large", String.valueOf(getMessage()));
    detail.setProperty("limitBytes", limit);
    return detail;
  }
}
