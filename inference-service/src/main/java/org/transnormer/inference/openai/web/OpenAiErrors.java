package org.transnormer.inference.openai.web;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.transnormer.inference.deployments.NotServedException;
import org.transnormer.inference.generation.OverloadedException;
import org.transnormer.inference.generation.RequestTooLargeException;
import org.transnormer.inference.openai.OpenAiException;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Errors of the {@code /v1} family, in OpenAI's shape. */
@RestControllerAdvice(assignableTypes = OpenAiController.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class OpenAiErrors {

  private static final Logger LOG = LoggerFactory.getLogger(OpenAiErrors.class);

  static ObjectNode body(OpenAiException e) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error")
        .put("message", String.valueOf(e.getMessage()))
        .put("type", e.type())
        .put("param", e.param())
        .put("code", e.code());
    return body;
  }

  @ExceptionHandler
  ResponseEntity<ObjectNode> refused(OpenAiException e) {
    return answer(e);
  }

  @ExceptionHandler
  ResponseEntity<ObjectNode> overloaded(OverloadedException e) {
    return answer(OpenAiException.overloaded(String.valueOf(e.getMessage()), e.retryAfter()));
  }

  @ExceptionHandler
  ResponseEntity<ObjectNode> tooLarge(RequestTooLargeException e) {
    return answer(OpenAiException.invalid("n", String.valueOf(e.getMessage())));
  }

  @ExceptionHandler
  ResponseEntity<ObjectNode> notServed(NotServedException e) {
    return answer(
        e.deployed()
            ? OpenAiException.unavailable(String.valueOf(e.getMessage()))
            : OpenAiException.modelNotFound(String.valueOf(e.getMessage())));
  }

  @ExceptionHandler
  ResponseEntity<ObjectNode> unreadable(HttpMessageNotReadableException e) {
    return answer(OpenAiException.invalid("body", "The body is not valid JSON"));
  }

  @ExceptionHandler
  ResponseEntity<ObjectNode> broken(RuntimeException e) {
    LOG.atError().setCause(e).log("a request of the OpenAI family failed");
    return answer(OpenAiException.internal("The server could not answer; its log says why"));
  }

  private static ResponseEntity<ObjectNode> answer(OpenAiException e) {
    ResponseEntity.BodyBuilder builder =
        ResponseEntity.status(e.status()).contentType(MediaType.APPLICATION_JSON);
    if (e.retryAfter() != null) {
      builder.header(
          HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, e.retryAfter().toSeconds())));
    }
    return builder.body(body(e));
  }
}
