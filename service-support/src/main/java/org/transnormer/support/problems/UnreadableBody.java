package org.transnormer.support.problems;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says which part of a JSON body could not be read, without naming Java classes. */
final class UnreadableBody {
  private UnreadableBody() {}

  static InvalidProblem explain(HttpMessageNotReadableException e) {
    return switch (jackson(e)) {
      case UnrecognizedPropertyException unknown ->
          new InvalidProblem(pointer(unknown), "unknown field");
      case InvalidFormatException format ->
          new InvalidProblem(
              pointer(format), "'%s' is not valid here".formatted(format.getValue()));
      case MismatchedInputException mismatch ->
          new InvalidProblem(pointer(mismatch), "has the wrong type or is missing");
      case DatabindException bind -> new InvalidProblem(pointer(bind), rootMessage(bind));
      case JacksonException syntax ->
          new InvalidProblem(
              "the body is not JSON: line %d, column %d"
                  .formatted(syntax.getLocation().getLineNr(), syntax.getLocation().getColumnNr()),
              List.of());
      case null -> new InvalidProblem("a body is required, and it must be JSON", List.of());
    };
  }

  private static @Nullable JacksonException jackson(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof JacksonException jackson) {
        return jackson;
      }
    }
    return null;
  }

  /** A record's constructor refused its arguments: its message is meant for the caller. */
  private static String rootMessage(DatabindException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
        return cause.getMessage();
      }
    }
    return "is not valid here";
  }

  private static String pointer(JacksonException e) {
    StringBuilder pointer = new StringBuilder();
    for (JacksonException.Reference reference : e.getPath()) {
      pointer.append('/');
      String name = reference.getPropertyName();
      if (name == null) {
        pointer.append(reference.getIndex());
      } else {
        pointer.append(name.replace("~", "~0").replace("/", "~1"));
      }
    }
    return pointer.toString();
  }
}
