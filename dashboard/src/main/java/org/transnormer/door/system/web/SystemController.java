package org.transnormer.door.system.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringBootVersion;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.door.DoorProperties;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.gather.Reply;
import org.transnormer.door.routes.Part;
import org.transnormer.door.routes.UpstreamProblem;
import org.transnormer.door.system.PartHealth;
import org.transnormer.door.system.Parts;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.web.HttpProperties;
import tools.jackson.databind.JsonNode;

@RestController
@Tag(name = "system", description = "The parts of the platform")
class SystemController {
  private static final String OPENAPI = "/v3/api-docs";

  private final Parts parts;
  private final Questions questions;
  private final DoorProperties door;
  private final HttpProperties http;

  SystemController(Parts parts, Questions questions, DoorProperties door, HttpProperties http) {
    this.parts = parts;
    this.questions = questions;
    this.door = door;
    this.http = http;
  }

  /** The parts, what they run on, and what is not let through. */
  record SystemView(
      Instant at,
      List<PartHealth> parts,
      Map<String, String> versions,
      Map<String, String> limits) {}

  @Operation(summary = "Health of the parts, what they run on, and what is not let through")
  @GetMapping("/api/v1/system")
  SystemView system() {
    Map<String, String> versions = new LinkedHashMap<>();
    String own = SystemController.class.getPackage().getImplementationVersion();
    versions.put("platform", own == null ? "from source" : own);
    versions.put("java", System.getProperty("java.version"));
    versions.put("spring-boot", SpringBootVersion.getVersion());
    Map<String, String> limits = new LinkedHashMap<>();
    limits.put("request-body", http.maxBody().toMegabytes() + " MB");
    limits.put("session-life", door.sessionLife().toMinutes() + " min");
    limits.put("wrong-keys-per-minute", Integer.toString(door.loginFailures()));
    return new SystemView(Instant.now(), parts.health(), versions, limits);
  }

  /** The OpenAPI document of a part: {@code door} or a service. */
  @Operation(
      summary = "The OpenAPI document of a part: door, corpus, cleaning, trainer or inference")
  @Answers(problems = {502, 503})
  @GetMapping(path = "/api/v1/openapi/{service}", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<JsonNode> openApi(
      @PathVariable String service, HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    if (service.equals("door")) {
      request.getRequestDispatcher(OPENAPI).forward(request, response);
      return ResponseEntity.ok().build();
    }
    Part part = Part.of(service).orElseThrow(() -> new NotFoundProblem("service", service));
    return switch (questions.get(part, OPENAPI)) {
      case Reply.Found(JsonNode body) -> ResponseEntity.ok(body);
      case Reply.Refused(int _, String detail) ->
          throw UpstreamProblem.broken(part, new IOException(detail));
      case Reply.Away(String why) -> throw UpstreamProblem.away(part, new IOException(why));
    };
  }
}
