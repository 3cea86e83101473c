package org.transnormer.inference.openai;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A refusal in OpenAI's own terms: message, type, param, code. */
public final class OpenAiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;
  private final @Nullable Duration retryAfter;

  private OpenAiException(
      int status,
      String type,
      @Nullable String param,
      @Nullable String code,
      @Nullable Duration retryAfter,
      String message) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  public static OpenAiException invalid(String param, String message) {
    return new OpenAiException(400, "invalid_request_error", param, null, null, message);
  }

  public static OpenAiException modelNotFound(String reason) {
    return new OpenAiException(
        404,
        "invalid_request_error",
        "model",
        "model_not_found",
        null,
        reason + "; GET /v1/models lists the models that are");
  }

  public static OpenAiException overloaded(String message, Duration retryAfter) {
    return new OpenAiException(
        429, "rate_limit_error", null, "rate_limit_exceeded", retryAfter, message);
  }

  public static OpenAiException unavailable(String message) {
    return new OpenAiException(
        503, "server_error", null, "model_unavailable", Duration.ofSeconds(2), message);
  }

  public static OpenAiException internal(String message) {
    return new OpenAiException(500, "server_error", null, null, null, message);
  }

  public int status() {
    return status;
  }

  public String type() {
    return type;
  }

  public @Nullable String param() {
    return param;
  }

  public @Nullable String code() {
    return code;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
