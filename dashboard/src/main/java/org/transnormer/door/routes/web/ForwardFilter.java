package org.transnormer.door.routes.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.transnormer.door.access.Handover;
import org.transnormer.door.routes.Routes;
import org.transnormer.door.routes.Routes.Route;
import org.transnormer.support.problems.Problem;
import org.transnormer.support.web.PayloadTooLargeException;
import org.transnormer.support.web.RequestIdFilter;

/**
 * Hands on what a service owns; the rest goes to the door's own controllers. A filter and not a
 * controller, because an answer that breaks off half-way must end the connection: the exception has
 * to reach the container.
 */
public final class ForwardFilter extends OncePerRequestFilter {
  private final Forwarding forwarding;
  private final Handover handover;
  private final HandlerExceptionResolver problems;

  public ForwardFilter(
      Forwarding forwarding, Handover handover, HandlerExceptionResolver problems) {
    this.forwarding = forwarding;
    this.handover = handover;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Route> route = Routes.of(request.getRequestURI());
    if (route.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    try {
      forwarding.forward(
          route.get(),
          handover.token(request.getHeader("Authorization")),
          RequestIdFilter.of(request).orElse(""),
          request,
          response);
    } catch (Forwarding.ClientLeftException e) {
      logger.debug(request.getRequestURI() + ": " + e.getMessage());
    } catch (Problem | PayloadTooLargeException e) {
      answer(request, response, e);
    }
  }

  private void answer(HttpServletRequest request, HttpServletResponse response, Exception e)
      throws IOException {
    if (response.isCommitted()) {
      throw new IOException(e);
    }
    problems.resolveException(request, response, null, e);
  }
}
