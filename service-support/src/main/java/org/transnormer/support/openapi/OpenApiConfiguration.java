package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.access.AuthorizationManagerWebInvocationPrivilegeEvaluator.HttpServletRequestTransformer;
import org.springframework.security.web.access.PathPatternRequestTransformer;
import org.springframework.security.web.access.WebInvocationPrivilegeEvaluator;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document of every service. */
@Configuration(proxyBeanMethods = false)
public class OpenApiConfiguration {
  static {
    // JSON that is handed on as it is: an object, not the getters of Jackson's class.
    SpringDocUtils.getConfig()
        .replaceWithSchema(JsonNode.class, new ObjectSchema())
        .replaceWithSchema(SseEmitter.class, new StringSchema());
  }

  @Bean
  OpenApiCustomizer documentDetails(
      WebInvocationPrivilegeEvaluator rules, ObjectProvider<DocumentAddition> additions) {
    return new DocumentDetails(new LeastRoles(rules), additions.orderedStream().toList());
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
