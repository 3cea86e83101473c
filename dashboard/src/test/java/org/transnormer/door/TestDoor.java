package org.transnormer.door;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.security.IdentityKeys;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A door on embedded servers before fake services; one for all tests of this JVM. */
final class TestDoor implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.shared();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final FakeServices services;
  final IdentityKeys identities;
  final String adminKey;
  final ConfigurableApplicationContext context;
  private final URI base;

  private static final class Holder {
    static final TestDoor DOOR = new TestDoor(Map.of());
  }

  static TestDoor shared() {
    return Holder.DOOR;
  }

  TestDoor(Map<String, String> more) {
    try {
      Path folder = Files.createTempDirectory("door");
      services = FakeServices.start();
      identities =
          IdentityKeys.generate(
              folder.resolve("keys"), "door", "corpus", "cleaning", "trainer", "inference");
      Path keyFile = folder.resolve("first-key");
      Map<String, String> properties = new LinkedHashMap<>(TestInfra.freshProperties());
      properties.putAll(identities.properties("door"));
      properties.putAll(services.properties());
      properties.put("tnl.store.uri", folder.resolve("store").toUri().toString());
      properties.put("tnl.scratch", folder.resolve("scratch").toString());
      properties.put("tnl.door.bootstrap-key-file", keyFile.toString());
      properties.put("server.port", "0");
      properties.put("server.address", "127.0.0.1");
      properties.put("tnl.door.forward.heartbeat", "300ms");
      properties.putAll(more);
      context =
          DoorServiceApplication.application()
              .registerShutdownHook(false)
              .run(
                  properties.entrySet().stream()
                      .map(each -> "--" + each.getKey() + "=" + each.getValue())
                      .toArray(String[]::new));
      base =
          URI.create(
              "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
      adminKey = Files.exists(keyFile) ? Files.readString(keyFile).strip() : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri(String path) {
    return base.resolve(path);
  }

  HttpRequest.Builder request(String method, String path, @Nullable String key) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri(path))
            .method(method, BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(60));
    if (key != null) {
      builder.header("Authorization", "Bearer " + key);
    }
    return builder;
  }

  HttpResponse<String> call(String method, String path, @Nullable String key) {
    return send(request(method, path, key));
  }

  HttpResponse<String> call(String method, String path, @Nullable String key, String json) {
    return send(
        request(method, path, key)
            .method(method, BodyPublishers.ofString(json))
            .header("Content-Type", "application/json"));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  JsonNode get(String path) {
    HttpResponse<String> answer = call("GET", path, adminKey);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** A new key of the role. */
  String key(String role) {
    HttpResponse<String> made =
        call(
            "POST",
            "/api/v1/keys",
            adminKey,
            "{\"name\": \"a %s\", \"role\": \"%s\"}".formatted(role, role));
    return JSON.readTree(made.body()).path("key").asString();
  }

  @Override
  public void close() {
    context.close();
    services.close();
  }
}
