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
import org.springframework.web.util.ContentCachingResponseWrapper;
import org.transnormer.door.access.FailedLogins;
import org.transnormer.support.problems.TooManyRequestsProblem;
import org.transnormer.support.security.BearerAuthenticator;

/**
 * Tells an address that brings wrong keys, in a header or at the log-in, to wait; a right key comes
 * in all the same, since others may share its address. It slows mistakes and noise; against
 * guessing stands the length of a key. Behind a proxy the address is the proxy's unless {@code
 * server.forward-headers-strategy} says otherwise.
 */
public final class FailedLoginFilter extends OncePerRequestFilter {
  private static final String LOG_IN = "/api/v1/session";

  private static final String BEARER = "Bearer ";

  private final FailedLogins failures;
  private final BearerAuthenticator keys;
  private final HandlerExceptionResolver problems;

  public FailedLoginFilter(
      FailedLogins failures, BearerAuthenticator keys, HandlerExceptionResolver problems) {
    this.failures = failures;
    this.keys = keys;
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
    if (wait.isEmpty()) {
      chain.doFilter(request, response);
      if (isRefused(response)) {
        failures.failed(request.getRemoteAddr());
      }
    } else if (request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
      if (isRight(request.getHeader(HttpHeaders.AUTHORIZATION))) {
        chain.doFilter(request, response);
      } else {
        makeWait(request, response, wait.get());
      }
    } else {
      var answer = new ContentCachingResponseWrapper(response);
      chain.doFilter(request, answer);
      if (isRefused(answer)) {
        makeWait(request, response, wait.get());
      } else {
        answer.copyBodyToResponse();
      }
    }
  }

  private boolean isRight(String header) {
    return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && keys.authenticate(header.substring(BEARER.length()).strip()).isPresent();
  }

  private static boolean isRefused(HttpServletResponse response) {
    return response.getStatus() == HttpStatus.UNAUTHORIZED.value();
  }

  private void makeWait(HttpServletRequest request, HttpServletResponse response, Duration wait) {
    problems.resolveException(
        request,
        response,
        null,
        new TooManyRequestsProblem("too many wrong keys from this address", wait));
  }

  private static boolean bringsAKey(HttpServletRequest request) {
    return request.getHeader(HttpHeaders.AUTHORIZATION) != null
        || (request.getMethod().equals("POST") && request.getRequestURI().equals(LOG_IN));
  }
}
