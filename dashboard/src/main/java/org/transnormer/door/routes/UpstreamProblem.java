package org.transnormer.door.routes;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.problems.Problem;

/** A service gave no answer; says which one. */
public final class UpstreamProblem extends Problem {
  private static final long serialVersionUID = 1L;

  private final Part part;

  private UpstreamProblem(
      int status, String slug, String title, Part part, String detail, @Nullable Throwable cause) {
    super(status, slug, title, detail, cause);
    this.part = part;
  }

  /** Nothing listens there: it starts, or it is down. */
  public static UpstreamProblem away(Part part, Throwable cause) {
    return new UpstreamProblem(
        503,
        "service-away",
        "Service away",
        part,
        "the %s service does not answer; it may be starting".formatted(part.text()),
        cause);
  }

  /** The connection stood and then broke before there was an answer. */
  public static UpstreamProblem broken(Part part, Throwable cause) {
    return new UpstreamProblem(
        502,
        "service-broke-off",
        "Service broke off",
        part,
        "the %s service broke off before it answered".formatted(part.text()),
        cause);
  }

  public static UpstreamProblem late(Part part, Duration patience) {
    return new UpstreamProblem(
        504,
        "service-late",
        "Service late",
        part,
        "the %s service gave no answer within %d s".formatted(part.text(), patience.toSeconds()),
        null);
  }

  public Part part() {
    return part;
  }

  @Override
  public Map<String, Object> properties() {
    return Map.of("service", part.text());
  }

  @Override
  public Map<String, String> headers() {
    return status() == 503 ? Map.of("Retry-After", "2") : Map.of();
  }
}
