package org.transnormer.support.security;

import jakarta.servlet.DispatcherType;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.client.RestClient;
import org.transnormer.support.web.HttpProperties;
import tools.jackson.databind.json.JsonMapper;

/** Tokens in and out, and the rules that hold for every service. */
@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity
@EnableConfigurationProperties(SecurityProperties.class)
public class SecurityConfiguration {
  /** POSTs that calculate and change nothing, so that a viewer may send them. */
  public static String[] calculations() {
    return new String[] {"/api/v1/cleaning-runs/*/what-if", "/api/v1/recipes/validate"};
  }

  @Bean
  TokenIssuer tokenIssuer(SecurityProperties properties) {
    return new TokenIssuer(
        properties.identity(),
        Pem.privateKey(properties.privateKey()),
        properties.tokenTtl(),
        Clock.systemUTC());
  }

  @Bean
  TokenVerifier tokenVerifier(SecurityProperties properties) {
    Map<String, RSAPublicKey> trust = new HashMap<>();
    properties.trust().forEach((issuer, file) -> trust.put(issuer, Pem.publicKey(file)));
    return new TokenVerifier(
        trust, Set.copyOf(properties.userIssuers()), properties.tokenTtl(), properties.clockSkew());
  }

  @Bean
  BearerAuthentication bearerAuthentication(
      List<BearerAuthenticator> authenticators, TokenVerifier verifier) {
    return new BearerAuthentication(authenticators, verifier);
  }

  @Bean
  SecurityProblems securityProblems(JsonMapper json) {
    return new SecurityProblems(json);
  }

  @Bean
  ServiceClients serviceClients(
      RestClient.Builder builder,
      JsonMapper json,
      TokenIssuer issuer,
      HttpProperties http,
      Environment environment) {
    return new ServiceClients(builder, json, issuer, http, environment);
  }

  /** Reading needs a viewer, everything else an operator; {@code /internal} is for services. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE - 100)
  @ConditionalOnBooleanProperty(name = "tnl.security.default-rules", matchIfMissing = true)
  SecurityFilterChain apiSecurity(
      HttpSecurity http, BearerAuthentication bearer, SecurityProblems problems) {
    return stateless(http, bearer, problems)
        .authorizeHttpRequests(rules ->
            rules
                .requestMatchers("/actuator/health", "/actuator/health/**")
                .permitAll()
                .dispatcherTypeMatchers(DispatcherType.ERROR)
                .permitAll()
                .requestMatchers("/internal/**")
                .hasRole(Role.SERVICE.name())
                .requestMatchers(HttpMethod.GET, "/api/**")
                .hasRole(Role.VIEWER.name())
                .requestMatchers(HttpMethod.HEAD, "/api/**")
                .hasRole(Role.VIEWER.name())
                .requestMatchers(HttpMethod.POST, calculations())
                .hasRole(Role.VIEWER.name())
                .requestMatchers("/api/**")
                .hasRole(Role.OPERATOR.name())
                .anyRequest()
                .hasRole(Role.VIEWER.name()))
        .build();
  }

  /** A chain without sessions, cookies or forms; for a service that adds rules of its own. */
  public static HttpSecurity stateless(
      HttpSecurity http, BearerAuthentication bearer, SecurityProblems problems) {
    return http.csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(each -> each.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .oauth2ResourceServer(server ->
            server
                .authenticationManagerResolver(_ -> bearer)
                .authenticationEntryPoint(problems)
                .accessDeniedHandler(problems))
        .exceptionHandling(
            each -> each.authenticationEntryPoint(problems).accessDeniedHandler(problems));
  }
}
