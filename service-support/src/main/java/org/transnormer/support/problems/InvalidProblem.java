package org.transnormer.support.problems;

import java.util.List;
import java.util.Map;

/** The request is malformed; names every part that is. */
public final class InvalidProblem extends Problem {
  public static final String SLUG = "invalid-request";
  private static final long serialVersionUID = 1L;

  private final transient List<FieldError> errors;

  public InvalidProblem(List<FieldError> errors) {
    this(summary(errors), errors);
  }

  public InvalidProblem(String pointer, String detail) {
    this(List.of(new FieldError(pointer, detail)));
  }

  public InvalidProblem(String detail, List<FieldError> errors) {
    super(400, SLUG, "Invalid request", detail);
    this.errors = List.copyOf(errors);
  }

  public List<FieldError> errors() {
    return errors;
  }

  @Override
  public Map<String, Object> properties() {
    return Map.of("errors", errors);
  }

  private static String summary(List<FieldError> errors) {
    if (errors.isEmpty()) {
      return "the request is malformed";
    }
    FieldError first = errors.getFirst();
    String more = errors.size() == 1 ? "" : " (and %d more)".formatted(errors.size() - 1);
    return first.pointer() + ": " + first.detail() + more;
  }
}
