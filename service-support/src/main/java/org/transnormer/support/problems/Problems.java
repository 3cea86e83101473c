package org.transnormer.support.problems;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.transnormer.support.web.RequestIdFilter;

/**
 * The two shapes of an error: RFC 9457 for the platform's own API, OpenAI's for {@code /v1},
 * because its clients know no other.
 */
public final class Problems {
  /** Paths of the family that answers errors as OpenAI does. */
  public static final String OPENAI_PATH = "/v1/";

  private static final String TYPE = "/problems/";

  private Problems() {}

  public static ProblemDetail detail(Problem problem) {
    ProblemDetail detail =
        detail(problem.status(), problem.slug(), problem.title(), problem.detail());
    problem.properties().forEach(detail::setProperty);
    return detail;
  }

  public static ProblemDetail detail(int status, String slug, String title, String text) {
    ProblemDetail detail = ProblemDetail.forStatus(status);
    detail.setType(URI.create(TYPE + slug));
    detail.setTitle(title);
    detail.setDetail(text);
    return detail;
  }

  /** The answer in the shape that the request's path asks for. */
  public static ResponseEntity<Object> response(
      ProblemDetail detail, HttpHeaders headers, HttpServletRequest request) {
    HttpHeaders all = new HttpHeaders();
    all.putAll(headers);
    if (isOpenAi(request)) {
      all.setContentType(MediaType.APPLICATION_JSON);
      return ResponseEntity.status(detail.getStatus()).headers(all).body(openAi(detail));
    }
    all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return ResponseEntity.status(detail.getStatus())
        .headers(all)
        .body(withContext(detail, request));
  }

  public static ProblemDetail withContext(ProblemDetail detail, HttpServletRequest request) {
    if (detail.getInstance() == null) {
      detail.setInstance(path(request));
    }
    RequestIdFilter.of(request).ifPresent(id -> detail.setProperty("requestId", id));
    return detail;
  }

  public static boolean isOpenAi(HttpServletRequest request) {
    return originalPath(request).startsWith(OPENAI_PATH);
  }

  /** OpenAI's error object. */
  public static Map<String, Object> openAi(ProblemDetail detail) {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("message", Optional.ofNullable(detail.getDetail()).orElse("error"));
    error.put("type", openAiType(detail.getStatus()));
    error.put("param", null);
    error.put("code", code(detail));
    return Map.of("error", error);
  }

  private static String openAiType(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 429 -> "rate_limit_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }

  private static @Nullable String code(ProblemDetail detail) {
    URI type = detail.getType();
    if (type == null || !type.toString().startsWith(TYPE)) {
      return null;
    }
    return type.toString().substring(TYPE.length()).replace('-', '_');
  }

  private static URI path(HttpServletRequest request) {
    try {
      return URI.create(originalPath(request));
    } catch (IllegalArgumentException _) {
      return URI.create("/");
    }
  }

  private static String originalPath(HttpServletRequest request) {
    Object forwarded = request.getAttribute("jakarta.servlet.error.request_uri");
    if (forwarded instanceof String uri) {
      return uri;
    }
    // Null when the request has no line that could be read.
    return Objects.requireNonNullElse(request.getRequestURI(), "/");
  }

  /** The slug for a status that the framework or the container answered with; each has a page. */
  static String slug(int status) {
    return switch (status) {
      case 401 -> "unauthenticated";
      case 403 -> "forbidden";
      case 404 -> "not-found";
      case 405 -> "method-not-allowed";
      case 406 -> "not-acceptable";
      case 409 -> "conflict";
      case 412 -> "precondition-failed";
      case 413 -> "payload-too-large";
      case 415 -> "unsupported-media-type";
      case 422 -> "unprocessable";
      case 428 -> "precondition-required";
      case 429 -> "too-many-requests";
      case 503 -> "unavailable";
      default -> status < 500 ? InvalidProblem.SLUG : "internal-error";
    };
  }
}
