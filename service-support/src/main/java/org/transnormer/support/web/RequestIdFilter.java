package org.transnormer.support.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;
import org.transnormer.support.Ids;

/**
 * Every request has an id: the caller's {@code X-Request-Id} or a new one. It is in the answer, in
 * every problem, in the log, and goes on to other services.
 */
public final class RequestIdFilter extends OncePerRequestFilter {
  public static final String HEADER = "X-Request-Id";
  public static final String LOG_KEY = "requestId";
  private static final String ATTRIBUTE = RequestIdFilter.class.getName();
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  public static Optional<String> of(HttpServletRequest request) {
    return Optional.ofNullable((String) request.getAttribute(ATTRIBUTE));
  }

  /** Id of the request that this thread works on. */
  public static Optional<String> current() {
    return Optional.ofNullable(MDC.get(LOG_KEY));
  }

  /** Names a request that has no id yet. */
  public static void give(HttpServletRequest request, HttpServletResponse response, String id) {
    request.setAttribute(ATTRIBUTE, id);
    response.setHeader(HEADER, id);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String given = request.getHeader(HEADER);
    String id = given != null && LEGAL.matcher(given).matches() ? given : Ids.next();
    give(request, response, id);
    try (var _ = MDC.putCloseable(LOG_KEY, id)) {
      chain.doFilter(request, response);
    }
  }

  /** An asynchronous answer (SSE) logs with its id too. */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }
}
