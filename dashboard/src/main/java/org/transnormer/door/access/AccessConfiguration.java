package org.transnormer.door.access;

import jakarta.servlet.DispatcherType;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.transnormer.door.DoorProperties;
import org.transnormer.door.access.web.FailedLoginFilter;
import org.transnormer.door.access.web.SessionFilter;
import org.transnormer.door.access.web.SessionInTheDocument;
import org.transnormer.door.keys.Keys;
import org.transnormer.door.page.PageAddresses;
import org.transnormer.door.page.PageHeaders;
import org.transnormer.door.sessions.Sessions;
import org.transnormer.support.openapi.DocumentAddition;
import org.transnormer.support.security.BearerAuthentication;
import org.transnormer.support.security.BearerAuthenticator;
import org.transnormer.support.security.Role;
import org.transnormer.support.security.SecurityConfiguration;
import org.transnormer.support.security.SecurityProblems;
import org.transnormer.support.security.SecurityProperties;
import org.transnormer.support.security.TokenIssuer;

/** Who may come in, by which way, and what is open. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DoorProperties.class)
class AccessConfiguration {
  /** Spring Security's chain has -100. */
  private static final int BEFORE_SECURITY = -110;

  private static final String VIEWER = Role.VIEWER.name();
  private static final String OPERATOR = Role.OPERATOR.name();
  private static final String ADMIN = Role.ADMIN.name();

  @Bean
  Handover handover(TokenIssuer issuer, SecurityProperties properties) {
    return new Handover(issuer, properties.tokenTtl().dividedBy(2), Clock.systemUTC());
  }

  @Bean
  BearerAuthenticator keyBearer(Keys keys) {
    return new KeyBearer(keys);
  }

  @Bean
  FilterRegistrationBean<FailedLoginFilter> failedLogins(
      DoorProperties properties,
      Keys keys,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    var failures = new FailedLogins(properties.loginFailures(), Clock.systemUTC());
    var registration =
        new FilterRegistrationBean<>(
            new FailedLoginFilter(failures, new KeyBearer(keys), problems));
    registration.setOrder(BEFORE_SECURITY);
    return registration;
  }

  @Bean
  DocumentAddition sessionInTheDocument() {
    return new SessionInTheDocument();
  }

  @Bean
  SecurityFilterChain doorSecurity(
      HttpSecurity http,
      BearerAuthentication bearer,
      SecurityProblems answers,
      Sessions sessions,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    return SecurityConfiguration.stateless(http, bearer, answers)
        .addFilterBefore(
            new SessionFilter(sessions, problems), BearerTokenAuthenticationFilter.class)
        .headers(PageHeaders::set)
        .authorizeHttpRequests(rules ->
            rules
                .requestMatchers("/actuator/health", "/actuator/health/**")
                .permitAll()
                .dispatcherTypeMatchers(DispatcherType.ERROR)
                .permitAll()
                .requestMatchers(HttpMethod.GET, PageAddresses.OPEN)
                .permitAll()
                .requestMatchers(HttpMethod.POST, "/api/v1/session")
                .permitAll()
                .requestMatchers(HttpMethod.DELETE, "/api/v1/session")
                .hasRole(VIEWER)
                .requestMatchers("/api/v1/keys", "/api/v1/keys/**", "/api/v1/audit")
                .hasRole(ADMIN)
                .requestMatchers("/internal/**")
                .denyAll()
                .requestMatchers("/v1/**")
                .hasRole(VIEWER)
                .requestMatchers(HttpMethod.GET, "/api/**")
                .hasRole(VIEWER)
                .requestMatchers(HttpMethod.HEAD, "/api/**")
                .hasRole(VIEWER)
                .requestMatchers(HttpMethod.POST, SecurityConfiguration.calculations())
                .hasRole(VIEWER)
                .requestMatchers("/api/**")
                .hasRole(OPERATOR)
                .anyRequest()
                .hasRole(VIEWER))
        .build();
  }
}
