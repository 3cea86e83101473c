package org.transnormer.model.config;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A configuration that describes no model that can be built; lists every fault, not the first. */
public final class InvalidConfigException extends IllegalArgumentException {

  /** One unusable field; {@code field} is empty where the whole document is meant. */
  public record FieldError(String field, String detail) {
    @Override
    public String toString() {
      return field.isEmpty() ? detail : field + " " + detail;
    }
  }

  private final transient List<FieldError> errors;

  public InvalidConfigException(String field, String detail) {
    this(List.of(new FieldError(field, detail)), null);
  }

  public InvalidConfigException(List<FieldError> errors) {
    this(errors, null);
  }

  public InvalidConfigException(List<FieldError> errors, @Nullable Throwable cause) {
    super(
        errors.stream()
            .map(FieldError::toString)
            .collect(Collectors.joining("; ", "invalid model configuration: ", "")),
        cause);
    this.errors = List.copyOf(errors);
  }

  public List<FieldError> errors() {
    return errors;
  }
}
