package org.transnormer.trainer.launch.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;
import org.transnormer.support.security.BearerAuthentication;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.CallerAuthentication;
import org.transnormer.support.security.Role;
import org.transnormer.support.security.SecurityConfiguration;
import org.transnormer.support.security.SecurityProblems;
import org.transnormer.trainer.launch.RunTokens;

/**
 * The paths of an attempt know the run token of that attempt and no other token; and a run token is
 * known nowhere else.
 */
@Configuration(proxyBeanMethods = false)
class WorkerSecurity {

  static final String PATHS = "/internal/v1/runs/*/attempts/**";

  private static final Pattern ATTEMPT =
      Pattern.compile("/internal/v1/runs/([A-Za-z0-9-]{1,64})/attempts/(\\d{1,9})/.*");

  @Bean
  @Order(0)
  SecurityFilterChain workerChain(
      HttpSecurity http, BearerAuthentication bearer, SecurityProblems problems, RunTokens tokens) {
    return SecurityConfiguration.stateless(http, bearer, problems)
        .securityMatcher(PATHS)
        .oauth2ResourceServer(
            server -> server.authenticationManagerResolver(request -> manager(request, tokens)))
        .authorizeHttpRequests(rules -> rules.anyRequest().authenticated())
        .build();
  }

  private static AuthenticationManager manager(HttpServletRequest request, RunTokens tokens) {
    return authentication -> {
      String token = ((BearerTokenAuthenticationToken) authentication).getToken();
      Matcher path = ATTEMPT.matcher(request.getRequestURI());
      if (path.matches()) {
        String runId = path.group(1);
        int attempt = Integer.parseInt(path.group(2));
        if (tokens.accepts(runId, attempt, token)) {
          String name = "run %s, attempt %d".formatted(runId, attempt);
          return new CallerAuthentication(
              new Caller("run:%s/%d".formatted(runId, attempt), Role.VIEWER, name));
        }
      }
      throw new InvalidBearerTokenException("the token is not that of this attempt");
    };
  }
}
