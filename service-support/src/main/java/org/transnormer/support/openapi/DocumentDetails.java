package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.http.HttpHeaders;
import org.transnormer.support.Page;
import org.transnormer.support.security.Role;

/** What path, method, parameters and the rules of access say about every operation. */
final class DocumentDetails implements OpenApiCustomizer {
  static final String API_KEY = "api-key";

  private static final String CONVENTIONS =
      """


      Ids are opaque and sort by age; times are RFC 3339 in UTC; a field that is not known is an \
      error that names it. A list answers `{items, next}`: `next` goes into `after` of the next \
      request and is absent on the last page. What launches work takes an `Idempotency-Key`. \
      Errors are RFC 9457 problems; the `type` of each is the address of a page at the door that \
      says what to do. Every answer has an `X-Request-Id`, under which the logs have it. Through \
      the door any operation can also answer 429 (too many wrong keys), 502, 503 and 504 (the \
      service behind it broke off, is away or is late).\
      """;

  private static final Map<String, String> PARAMETERS =
      Map.of(
          "after",
          "`next` of the page before this one",
          "limit",
          "most items of a page: 1 to %d, usually %d".formatted(Page.MAX_LIMIT, Page.DEFAULT_LIMIT),
          "dryRun",
          "says what would happen and does nothing",
          HttpHeaders.IF_MATCH,
          "ETag of the version that is to be changed",
          HttpHeaders.IF_NONE_MATCH,
          "* for a resource that is not there yet",
          "Last-Event-ID",
          "id of the last event that came, to go on behind it");

  private final LeastRoles leastRoles;
  private final List<DocumentAddition> additions;

  DocumentDetails(LeastRoles leastRoles, List<DocumentAddition> additions) {
    this.leastRoles = leastRoles;
    this.additions = additions;
  }

  @Override
  public void customise(OpenAPI document) {
    Components components = document.getComponents();
    Headers.declare(components);
    ProblemResponses.REST.declare(components);
    components.addSecuritySchemes(
        API_KEY,
        new SecurityScheme()
            .type(SecurityScheme.Type.HTTP)
            .scheme("bearer")
            .description(
                "At the door an API key, `tnl_...`. A service's own port takes the short-lived"
                    + " signed token that the door makes of it. A requirement names the least"
                    + " role."));
    document
        .getPaths()
        .forEach((path, item) ->
            item.readOperationsMap()
                .forEach((method, operation) -> describe(components, path, method, operation)));
    document.setTags(once(document.getTags()));
    Info info = document.getInfo();
    info.setDescription(
        Optional.ofNullable(info.getDescription()).orElse("").strip() + CONVENTIONS);
    additions.forEach(each -> each.add(document));
  }

  private void describe(
      Components components, String path, HttpMethod method, Operation operation) {
    Optional<Role> least = leastRoles.of(method.name(), path);
    List<SecurityRequirement> waysIn = new ArrayList<>();
    least.ifPresent(role -> waysIn.add(new SecurityRequirement().addList(API_KEY, role.text())));
    operation.setSecurity(waysIn);
    parameters(operation)
        .forEach(each -> {
          if (each.getDescription() == null) {
            each.setDescription(PARAMETERS.get(each.getName()));
          }
        });
    if (method == HttpMethod.POST) {
      addLocation(operation);
    }
    addProblems(components, path, operation, least);
  }

  /** Of what a POST made or set to work; what has no body to show has none. */
  private static void addLocation(Operation operation) {
    Stream.of("201", "202")
        .map(operation.getResponses()::get)
        .filter(response -> response != null && response.getContent() != null)
        .forEach(response -> Headers.add(response, HttpHeaders.LOCATION));
  }

  private static void addProblems(
      Components components, String path, Operation operation, Optional<Role> least) {
    ProblemResponses problems = ProblemResponses.of(path);
    problems.declare(components);
    least.ifPresent(_ -> problems.add(operation, 401));
    if (least.filter(role -> role != Role.VIEWER).isPresent()) {
      problems.add(operation, 403);
    }
    boolean hasBody = operation.getRequestBody() != null;
    if (hasBody || parameters(operation).findAny().isPresent()) {
      problems.add(operation, 400);
    }
    if (hasBody) {
      problems.add(operation, 413);
      problems.add(operation, 415);
    }
    if (path.contains("{")) {
      problems.add(operation, 404);
    }
    if (takes(operation, HttpHeaders.IF_MATCH)) {
      problems.add(operation, 412);
    }
    if (takes(operation, Headers.IDEMPOTENCY_KEY)) {
      problems.add(operation, 409);
      problems.add(operation, 422);
    }
    if (problems == ProblemResponses.OPENAI && hasBody) {
      problems.add(operation, 429);
      problems.add(operation, 503);
      problems.add(operation, 404); // what the body names is not served
    }
    problems.addOther(operation);
  }

  private static boolean takes(Operation operation, String header) {
    return parameters(operation).anyMatch(each -> header.equals(each.getName()));
  }

  private static Stream<Parameter> parameters(Operation operation) {
    return Stream.ofNullable(operation.getParameters()).flatMap(Collection::stream);
  }

  /** Two controllers of one tag need not both describe it. */
  private static List<Tag> once(@Nullable List<Tag> tags) {
    Map<String, Tag> byName = new TreeMap<>();
    for (Tag tag : tags == null ? List.<Tag>of() : tags) {
      byName.merge(tag.getName(), tag, (one, other) -> one.getDescription() == null ? other : one);
    }
    return List.copyOf(byName.values());
  }
}
