package org.transnormer.door.routes;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.transnormer.door.access.Handover;
import org.transnormer.door.routes.web.ClientConnection;
import org.transnormer.door.routes.web.ForwardFilter;
import org.transnormer.door.routes.web.Forwarding;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({UpstreamProperties.class, UpstreamProperties.Patience.class})
class RoutesConfiguration {
  /** Spring Security's chain has -100. */
  private static final int AFTER_SECURITY = -50;

  @Bean
  Forwarding forwarding(UpstreamProperties services, UpstreamProperties.Patience patience) {
    return new Forwarding(services, patience);
  }

  @Bean
  FilterRegistrationBean<ForwardFilter> forwardFilter(
      Forwarding forwarding,
      Handover handover,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    var registration =
        new FilterRegistrationBean<>(new ForwardFilter(forwarding, handover, problems));
    registration.setOrder(AFTER_SECURITY);
    registration.addUrlPatterns("/api/*", "/v1/*");
    return registration;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> clientConnections() {
    return factory -> factory.addEngineValves(new ClientConnection.Valve());
  }
}
