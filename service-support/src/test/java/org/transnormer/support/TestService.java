package org.transnormer.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.security.IdentityKeys;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small service on embedded servers, started like a real one, spoken to over HTTP. */
public final class TestService implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ConfigurableApplicationContext context;
  private final IdentityKeys keys;
  private final RestClient http;
  private final String base;

  /** What came back; errors are answers, too. */
  public record Answer(int status, HttpHeaders headers, String text) {
    public JsonNode json() {
      return JSON.readTree(text);
    }
  }

  private TestService(ConfigurableApplicationContext context, IdentityKeys keys) {
    this.context = context;
    this.keys = keys;
    this.http = RestClient.builder().requestFactory(new JdkClientHttpRequestFactory()).build();
    this.base = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
  }

  public static TestService start(Class<?> configuration, Map<String, String> more) {
    try {
      Path folder = Files.createTempDirectory("tnl-test-service-");
      IdentityKeys keys =
          IdentityKeys.generate(folder.resolve("keys"), "door", "corpus", "trainer");
      Map<String, Object> properties = new HashMap<>(TestInfra.freshProperties());
      properties.putAll(keys.properties("corpus"));
      properties.put("server.port", "0");
      properties.put("spring.application.name", "test-service");
      properties.put("spring.config.name", "test-service");
      properties.put("spring.flyway.locations", "classpath:db/support,classpath:db/support-batch");
      properties.put("tnl.store.uri", folder.resolve("store").toUri().toString());
      properties.put("tnl.scratch", folder.resolve("scratch").toString());
      properties.putAll(more);
      var context = new SpringApplicationBuilder(configuration).properties(properties).run();
      return new TestService(context, keys);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public IdentityKeys keys() {
    return keys;
  }

  /** A token as the door gives one to a person. */
  public String token(Role role) {
    return role == Role.SERVICE
        ? keys.issuer("trainer").ownToken()
        : keys.issuer("door").issue("key-1", role, "Test");
  }

  public Answer get(Role role, String path) {
    return call(HttpMethod.GET, path, token(role), null, Map.of());
  }

  public Answer post(Role role, String path, @Nullable String body, Map<String, String> headers) {
    return call(HttpMethod.POST, path, token(role), body, headers);
  }

  public Answer call(
      HttpMethod method,
      String path,
      @Nullable String token,
      @Nullable String body,
      Map<String, String> headers) {
    var request = http.method(method).uri(URI.create(base + path));
    headers.forEach(request::header);
    if (token != null) {
      request.header(HttpHeaders.AUTHORIZATION, "Bearer " + token);
    }
    if (body != null) {
      request.contentType(MediaType.APPLICATION_JSON).body(body);
    }
    Answer answer =
        request.exchange((_, response) ->
            new Answer(
                response.getStatusCode().value(),
                response.getHeaders(),
                new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8)));
    return java.util.Objects.requireNonNull(answer);
  }

  /**
   * What comes back to bytes that are no proper request; the connection is closed by the service.
   */
  public String raw(String request) throws IOException {
    URI address = URI.create(base);
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
