package org.transnormer.support.problems;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.ConstraintViolationException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.support.web.NullCharacters;
import org.transnormer.support.web.PayloadTooLargeException;

/** Turns every exception that reaches the web layer into a problem. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
public final class ProblemHandler extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

  /** PostgreSQL's states for U+0000 in text and in jsonb. */
  private static final List<String> NULL_CHARACTER = List.of("22021", "22P05");

  @ExceptionHandler(Problem.class)
  ResponseEntity<Object> problem(Problem problem, HttpServletRequest request) {
    if (problem.status() >= 500) {
      LOG.warn(
          "{} {}: {}", request.getMethod(), request.getRequestURI(), problem.detail(), problem);
    }
    HttpHeaders headers = new HttpHeaders();
    problem.headers().forEach(headers::set);
    return Problems.response(Problems.detail(problem), headers, request);
  }

  @ExceptionHandler(ConstraintViolationException.class)
  ResponseEntity<Object> violated(ConstraintViolationException e, HttpServletRequest request) {
    List<FieldError> errors =
        e.getConstraintViolations().stream()
            .map(each ->
                new FieldError(pointer(each.getPropertyPath().toString()), each.getMessage()))
            .toList();
    return problem(new InvalidProblem(errors), request);
  }

  /** An artefact that fails its digest is never served and never half used. */
  @ExceptionHandler(CorruptArtifactException.class)
  ResponseEntity<Object> corrupt(CorruptArtifactException e, HttpServletRequest request) {
    LOG.error("{} {}", request.getMethod(), request.getRequestURI(), e);
    return Problems.response(
        Problems.detail(
            500, "corrupt-artifact", "Corrupt artifact", String.valueOf(e.getMessage())),
        new HttpHeaders(),
        request);
  }

  @ExceptionHandler(PayloadTooLargeException.class)
  ResponseEntity<Object> tooLarge(PayloadTooLargeException e, HttpServletRequest request) {
    return Problems.response(e.detail(), new HttpHeaders(), request);
  }

  /** The security filters answer these; here they only pass through. */
  @ExceptionHandler({AccessDeniedException.class, AuthenticationException.class})
  void denied(RuntimeException e) {
    throw e;
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> unexpected(Exception e, HttpServletRequest request) {
    if (isNullCharacter(e)) {
      return problem(
          new InvalidProblem("the request " + NullCharacters.REFUSED, List.of()), request);
    }
    LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
    return Problems.response(
        Problems.detail(
            500,
            "internal-error",
            "Internal error",
            "the service failed; its log has the reason under the request id"),
        new HttpHeaders(),
        request);
  }

  @Override
  protected ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    List<FieldError> errors = new ArrayList<>();
    e.getBindingResult()
        .getFieldErrors()
        .forEach(each ->
            errors.add(
                new FieldError(pointer(each.getField()), message(each.getDefaultMessage()))));
    e.getBindingResult()
        .getGlobalErrors()
        .forEach(each -> errors.add(new FieldError("", message(each.getDefaultMessage()))));
    return problem(new InvalidProblem(errors), servlet(request));
  }

  @Override
  protected ResponseEntity<Object> handleHandlerMethodValidationException(
      HandlerMethodValidationException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    List<FieldError> errors = new ArrayList<>();
    for (ParameterValidationResult result : e.getParameterValidationResults()) {
      String parameter =
          Optional.ofNullable(result.getMethodParameter().getParameterName()).orElse("parameter");
      result
          .getResolvableErrors()
          .forEach(
              each -> errors.add(new FieldError(parameter, message(each.getDefaultMessage()))));
    }
    return problem(new InvalidProblem(errors), servlet(request));
  }

  @Override
  protected ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof PayloadTooLargeException tooLarge) {
        return tooLarge(tooLarge, servlet(request));
      }
      if (cause instanceof Problem problem) {
        return problem(problem, servlet(request));
      }
    }
    return problem(UnreadableBody.explain(e), servlet(request));
  }

  @Override
  protected ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String name =
        e instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : String.valueOf(e.getPropertyName());
    Class<?> wanted = e.getRequiredType();
    return problem(
        new InvalidProblem(
            name,
            "'%s' is not %s"
                .formatted(e.getValue(), wanted == null ? "valid" : "a " + wanted.getSimpleName())),
        servlet(request));
  }

  /** Everything else that the framework itself refuses. */
  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    ProblemDetail detail =
        body instanceof ProblemDetail given ? given : ProblemDetail.forStatus(status);
    HttpStatus known = HttpStatus.resolve(status.value());
    ProblemDetail result =
        Problems.detail(
            status.value(),
            Problems.slug(status.value()),
            known == null ? "Error" : known.getReasonPhrase(),
            Optional.ofNullable(detail.getDetail()).orElse(String.valueOf(e.getMessage())));
    return Problems.response(result, headers, servlet(request));
  }

  /** What no filter sees, such as YAML's {@code \0}, is refused by PostgreSQL. */
  private static boolean isNullCharacter(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && NULL_CHARACTER.contains(String.valueOf(sql.getSQLState()))) {
        return true;
      }
    }
    return false;
  }

  private static HttpServletRequest servlet(WebRequest request) {
    HttpServletRequest servlet =
        ((NativeWebRequest) request).getNativeRequest(HttpServletRequest.class);
    if (servlet == null) {
      throw new IllegalStateException("not a servlet request");
    }
    return servlet;
  }

  private static String message(@Nullable String message) {
    return message == null ? "is not valid" : message;
  }

  /** {@code model.layers[2].width} as {@code /model/layers/2/width}. */
  private static String pointer(String path) {
    return "/" + path.replace("[", "/").replace("]", "").replace('.', '/');
  }
}
