package org.transnormer.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.security.IdentityKeys;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The committed description of the REST interface is the one that the service gives. After a change
 * on purpose, run this test with {@code -Dtnl.openapi.write=true}.
 */
class OpenApiIT {

  private static final Path COMMITTED = Path.of("src/main/openapi/inference.json");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  @TempDir private Path folder;

  @Test
  void theCommittedDocumentIsTheRunningOne() throws IOException, InterruptedException {
    String running = canonical(JSON.readTree(document()));
    if (Boolean.getBoolean("tnl.openapi.write")) {
      Files.createDirectories(COMMITTED.getParent());
      Files.writeString(COMMITTED, running);
    }

    assertThat(Files.readString(COMMITTED)).isEqualTo(running).doesNotContain("/internal/");
  }

  private String document() throws IOException, InterruptedException {
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
      String port = service.getEnvironment().getRequiredProperty("local.server.port");
      return http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v3/api-docs"))
                  .header(
                      "Authorization",
                      "Bearer " + keys.issuer("door").issue("alice", Role.VIEWER, "Alice"))
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  /** Without the address, which is another one in each test. */
  private static String canonical(JsonNode document) {
    ((ObjectNode) document).remove("servers");
    return JSON.writeValueAsString(JSON.treeToValue(document, Object.class)) + "\n";
  }
}
