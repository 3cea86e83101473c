package org.transnormer.support.web;

import java.util.Map;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.transnormer.support.problems.ProblemErrorController;
import org.transnormer.support.problems.ProblemHandler;
import org.transnormer.support.problems.ProblemReportValve;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** What stands around every controller. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
@Import({ProblemHandler.class, ProblemErrorController.class, NullCharacters.class})
public class WebConfiguration {
  /** Spring Security's chain has -100. */
  private static final int BEFORE_SECURITY = -200;

  @Bean
  FilterRegistrationBean<RequestIdFilter> requestIds() {
    var registration = new FilterRegistrationBean<>(new RequestIdFilter());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.setDispatcherTypes(
        jakarta.servlet.DispatcherType.REQUEST, jakarta.servlet.DispatcherType.ASYNC);
    return registration;
  }

  @Bean
  FilterRegistrationBean<PayloadLimitFilter> payloadLimit(
      HttpProperties properties,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
    var registration =
        new FilterRegistrationBean<>(new PayloadLimitFilter(properties.maxBody(), problems));
    registration.setOrder(BEFORE_SECURITY);
    return registration;
  }

  /**
   * A client that asks before it sends is told to go on only when its body is read, so one whose
   * body is too large, or that may not send it, keeps it.
   */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> continueWhenRead() {
    return factory ->
        factory.addConnectorCustomizers(connector -> {
          if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
            http.setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
          }
        });
  }

  /** What Tomcat refuses is a problem too, and not a page. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemReports(JsonMapper json) {
    return factory ->
        factory.addContextCustomizers(context -> {
          if (context.getParent() instanceof StandardHost host) {
            host.setErrorReportValveClass("");
            host.getPipeline().addValve(new ProblemReportValve(json));
          }
        });
  }

  /** All parts are built together, so this is the version of the service too. */
  @Bean
  InfoContributor platformVersion() {
    String version = WebConfiguration.class.getPackage().getImplementationVersion();
    return info ->
        info.withDetail("build", Map.of("version", version == null ? "from source" : version));
  }

  /** Enums travel in lower-kebab, as everywhere in this API. */
  @Bean
  JsonMapperBuilderCustomizer kebabEnums() {
    return builder -> builder.enumNamingStrategy(EnumNamingStrategies.KEBAB_CASE);
  }

  @Bean
  WebMvcConfigurer requestParameters(NullCharacters nullCharacters) {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(nullCharacters);
      }

      @Override
      public void addFormatters(FormatterRegistry registry) {
        registry.addConverterFactory(new KebabEnums());
      }
    };
  }
}
