package org.transnormer.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.architecture.CommittedOpenApi;
import org.transnormer.support.architecture.KeylessCalls;
import org.transnormer.support.architecture.OpenApiFaults;
import org.transnormer.support.security.IdentityKeys;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The committed description of the REST interface is the one that the service gives. After a change
 * on purpose, run this test with {@code -Dtnl.openapi.write=true}.
 */
class OpenApiIT {

  @TempDir private Path folder;

  @Test
  void theCommittedDocumentIsTheRunningOneAndOpensNothing()
      throws IOException, InterruptedException {
    Found found = look();
    String running = CommittedOpenApi.canonical(found.document);

    assertThat(CommittedOpenApi.read("inference", running))
        .isEqualTo(running)
        .doesNotContain("/internal/");
    assertThat(OpenApiFaults.of(found.document)).isEmpty();
    assertThat(found.open).as("open without a token").isEmpty();
  }

  private record Found(JsonNode document, List<String> open) {}

  private Found look() throws IOException, InterruptedException {
    IdentityKeys keys = IdentityKeys.generate(folder.resolve("keys"), "door", "inference");
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.putAll(TestInfra.freshProperties());
    properties.putAll(keys.properties("inference"));
    properties.put("server.port", "0");
    properties.put("tnl.store.uri", folder.resolve("store").toUri().toString());
    properties.put("tnl.scratch", folder.resolve("scratch").toString());
    properties.put("tnl.services.trainer", "http://localhost:1");
    String[] arguments =
        properties.entrySet().stream()
            .map(property -> "--" + property.getKey() + "=" + property.getValue())
            .toArray(String[]::new);
    try (ConfigurableApplicationContext service =
            InferenceServiceApplication.application().run(arguments);
        HttpClient http = HttpClient.newHttpClient()) {
      String base =
          "http://localhost:" + service.getEnvironment().getRequiredProperty("local.server.port");
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + "/v3/api-docs"))
              .header(
                  "Authorization",
                  "Bearer " + keys.issuer("door").issue("alice", Role.VIEWER, "Alice"))
              .build();
      JsonNode document =
          JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
      return new Found(document, KeylessCalls.open(base, document));
    }
  }
}
