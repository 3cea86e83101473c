package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.web.method.HandlerMethod;
import org.transnormer.support.idempotency.Idempotent;

/** What the annotations of a controller's method say about it. */
final class OperationDetails implements OperationCustomizer {

  @Override
  public Operation customize(Operation operation, HandlerMethod handler) {
    operation.setOperationId(operationId(handler));
    if (handler.hasMethodAnnotation(Idempotent.class)) {
      operation.addParametersItem(
          new HeaderParameter()
              .name(Headers.IDEMPOTENCY_KEY)
              .required(true)
              .description(
                  "Chosen by the caller, 1 to 200 visible ASCII characters. The same key with the"
                      + " same request is answered as the first time and launches nothing again.")
              .schema(Schemas.of("string")));
      Headers.add(operation, Headers.REPLAYED);
    }
    Answers answers = handler.getMethodAnnotation(Answers.class);
    if (answers != null) {
      for (int status : answers.problems()) {
        ProblemResponses.REST.add(operation, status);
      }
      for (String header : answers.headers()) {
        Headers.add(operation, header);
      }
    }
    return operation;
  }

  /** Stable when others are added: {@code restartCleaningRun}. */
  private static String operationId(HandlerMethod handler) {
    return handler.getMethod().getName()
        + handler.getBeanType().getSimpleName().replaceFirst("Controller$", "");
  }
}
