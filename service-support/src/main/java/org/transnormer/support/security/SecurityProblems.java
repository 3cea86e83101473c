package org.transnormer.support.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.transnormer.support.problems.Problems;
import tools.jackson.databind.json.JsonMapper;

/** 401 and 403 in the shape that the request's path asks for. */
public final class SecurityProblems implements AuthenticationEntryPoint, AccessDeniedHandler {
  private final JsonMapper json;

  public SecurityProblems(JsonMapper json) {
    this.json = json;
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e)
      throws IOException {
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    write(
        Problems.detail(
            401,
            "unauthenticated",
            "Unauthenticated",
            "a valid bearer token is needed; the door gives one for an API key"),
        request,
        response);
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException e)
      throws IOException {
    String who =
        Caller.find()
            .map(caller -> "the role " + caller.role().text() + " may not do this")
            .orElse("this is not allowed");
    write(Problems.detail(403, "forbidden", "Forbidden", who), request, response);
  }

  private void write(ProblemDetail detail, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setStatus(detail.getStatus());
    boolean openAi = Problems.isOpenAi(request);
    response.setContentType(
        openAi ? MediaType.APPLICATION_JSON_VALUE : MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    Object body = openAi ? Problems.openAi(detail) : Problems.withContext(detail, request);
    json.writeValue(response.getOutputStream(), body);
  }
}
