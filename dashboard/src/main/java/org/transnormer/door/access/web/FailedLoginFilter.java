package org.transnormer.door.access.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.transnormer.door.access.FailedLogins;
import org.transnormer.support.problems.TooManyRequestsProblem;

/** Nobody tries keys by the thousand. Counts wrong ones, in a header or at the log-in. */
public final class FailedLoginFilter extends OncePerRequestFilter {
  private static final String LOG_IN = "/api/v1/session";

  private final FailedLogins failures;
  private final HandlerExceptionResolver problems;

  public FailedLoginFilter(FailedLogins failures, HandlerExceptionResolver problems) {
    this.failures = failures;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!bringsAKey(request)) {
      chain.doFilter(request, response);
      return;
    }
    Optional<Duration> wait = failures.mustWait(request.getRemoteAddr());
    if (wait.isPresent()) {
      problems.resolveException(
          request,
          response,
          null,
          new TooManyRequestsProblem("too many wrong keys from this address", wait.get()));
      return;
    }
    chain.doFilter(request, response);
    if (response.getStatus() == HttpStatus.UNAUTHORIZED.value()) {
      failures.failed(request.getRemoteAddr());
    }
  }

  private static boolean bringsAKey(HttpServletRequest request) {
    return request.getHeader(HttpHeaders.AUTHORIZATION) != null
        || (request.getMethod().equals("POST") && request.getRequestURI().equals(LOG_IN));
  }
}
