package org.transnormer.door.access.web;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.transnormer.door.sessions.web.SessionCookie;
import org.transnormer.support.openapi.DocumentAddition;

/** The page's way in beside the key, and what only the door answers. */
public final class SessionInTheDocument implements DocumentAddition {
  private static final String SESSION = "session";
  private static final String CSRF_TOKEN = "csrf-token";

  @Override
  public void add(OpenAPI document) {
    document
        .getComponents()
        .addSecuritySchemes(
            SESSION,
            new SecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.COOKIE)
                .name(SessionCookie.NAME)
                .description("The page's: POST /api/v1/session sets it."))
        .addSecuritySchemes(
            CSRF_TOKEN,
            new SecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.HEADER)
                .name(SessionFilter.CSRF_HEADER)
                .description("With a session, for everything but reading: its csrfToken."));
    document
        .getPaths()
        .values()
        .forEach(path -> path.readOperationsMap().forEach(SessionInTheDocument::describe));
  }

  private static void describe(HttpMethod method, Operation operation) {
    operation
        .getResponses()
        .addApiResponse("429", new ApiResponse().$ref("#/components/responses/too-many-requests"));
    if (operation.getSecurity().isEmpty()) {
      return;
    }
    List<String> role = operation.getSecurity().getFirst().values().iterator().next();
    SecurityRequirement session = new SecurityRequirement().addList(SESSION, role);
    if (method != HttpMethod.GET) {
      session.addList(CSRF_TOKEN);
      operation
          .getResponses()
          .addApiResponse("403", new ApiResponse().$ref("#/components/responses/forbidden"));
    }
    operation.addSecurityItem(session);
  }
}
