package org.transnormer.corpus.sources;

import java.util.List;
import java.util.Map;
import org.transnormer.support.problems.FieldError;
import org.transnormer.support.problems.Problem;

/**
 * The source lies where this platform does not read, or under a licence the corpus does not take.
 */
public final class SourceRefusedProblem extends Problem {
  private static final long serialVersionUID = 1L;

  private final transient List<FieldError> errors;

  public SourceRefusedProblem(String pointer, String detail) {
    super(422, "source-refused", "Source refused", detail);
    this.errors = List.of(new FieldError(pointer, detail));
  }

  @Override
  public Map<String, Object> properties() {
    return Map.of("errors", errors);
  }
}
