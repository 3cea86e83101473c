package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.web.access.AuthorizationManagerWebInvocationPrivilegeEvaluator.HttpServletRequestTransformer;
import org.springframework.security.web.access.PathPatternRequestTransformer;
import org.springframework.security.web.access.WebInvocationPrivilegeEvaluator;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document of every service. */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {
  /** Comes before what a service adds to the document. */
  private static final int FIRST = 0;

  static {
    // JSON that is handed on as it is: an object, not the getters of Jackson's class.
    SpringDocUtils.getConfig()
        .replaceWithSchema(JsonNode.class, new ObjectSchema())
        .replaceWithSchema(SseEmitter.class, new StringSchema());
  }

  @Bean
  @Order(FIRST)
  OpenApiCustomizer documentDetails(WebInvocationPrivilegeEvaluator rules) {
    return new DocumentDetails(new LeastRoles(rules));
  }

  @Bean
  OperationCustomizer operationDetails() {
    return new OperationDetails();
  }

  @Bean
  OpenApiCustomizer kebabEnumSchemas() {
    return new KebabEnumSchemas();
  }

  /**
   * The rules ask for the type of dispatch, which the request that is made up to ask them lacks.
   */
  @Bean
  HttpServletRequestTransformer madeUpRequests() {
    var withAttributes = new PathPatternRequestTransformer();
    return request ->
        new HttpServletRequestWrapper(withAttributes.transform(request)) {
          @Override
          public DispatcherType getDispatcherType() {
            return DispatcherType.REQUEST;
          }
        };
  }
}
