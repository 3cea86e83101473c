package org.transnormer.door.access.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.transnormer.door.sessions.Session;
import org.transnormer.door.sessions.SessionSecret;
import org.transnormer.door.sessions.Sessions;
import org.transnormer.door.sessions.web.SessionCookie;
import org.transnormer.support.problems.ForbiddenProblem;
import org.transnormer.support.security.CallerAuthentication;

/**
 * The way in for the page: a cookie that scripts cannot read, and for everything that changes
 * something a header that only the page's own scripts can set. A bearer token goes first, and a
 * request with one needs no such header, since no browser adds it by itself.
 */
public final class SessionFilter extends OncePerRequestFilter {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
  public static final String CSRF_HEADER = "X-CSRF-Token";

  private final Sessions sessions;
  private final HandlerExceptionResolver problems;

  public SessionFilter(Sessions sessions, HandlerExceptionResolver problems) {
    this.sessions = sessions;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<SessionSecret> secret =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null
            ? SessionCookie.of(request)
            : Optional.empty();
    Optional<Session> session = secret.flatMap(each -> sessions.find(each.hash()));
    if (session.isPresent()) {
      if (!SAFE.contains(request.getMethod())
          && !secret.orElseThrow().provedBy(request.getHeader(CSRF_HEADER))) {
        problems.resolveException(
            request,
            response,
            null,
            new ForbiddenProblem(
                "a session needs the header " + CSRF_HEADER + " for everything but reading"));
        return;
      }
      SecurityContext context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(new CallerAuthentication(session.get().caller()));
      SecurityContextHolder.setContext(context);
    }
    chain.doFilter(request, response);
  }
}
