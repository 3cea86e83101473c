package org.transnormer.support.idempotency;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** The filter behind {@link Idempotent}. */
@Configuration(proxyBeanMethods = false)
public class IdempotencyConfiguration {
  @Bean
  IdempotentRequests idempotentRequests(JdbcClient jdbc, JsonMapper json) {
    return new IdempotentRequests(jdbc, json);
  }

  @Bean
  Launches launches(IdempotentRequests requests) {
    return new Launches(requests);
  }

  @Bean
  FilterRegistrationBean<IdempotencyFilter> idempotency(
      IdempotentRequests requests,
      Launches launches,
      @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    var registration =
        new FilterRegistrationBean<>(new IdempotencyFilter(requests, launches, mapping, problems));
    registration.setOrder(Ordered.LOWEST_PRECEDENCE);
    registration.addUrlPatterns("/api/*", "/internal/*");
    return registration;
  }
}
