package org.transnormer.door;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.routes.Part;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The four services as far as the door sees them: their answers lie under {@code fakes/}, with
 * times like {@code "@-120"} that mean so many seconds from now.
 */
final class FakeServices {
  private static final Pattern TIME = Pattern.compile("\"@(-?[0-9.]+)\"");

  /** What a service was asked. */
  record Asked(
      Part part, String method, String target, Map<String, List<String>> headers, String body) {
    @Nullable String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : values.getFirst();
    }
  }

  private final Map<Part, HttpServer> servers = new EnumMap<>(Part.class);
  private final Map<Part, Map<String, String>> answers = new EnumMap<>(Part.class);
  private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  final List<Asked> asked = new CopyOnWriteArrayList<>();

  private FakeServices() {}

  static FakeServices start() {
    FakeServices services = new FakeServices();
    for (Part part : Part.values()) {
      services.answers.put(part, read(part));
      services.listen(part, 0);
    }
    return services;
  }

  private static Map<String, String> read(Part part) {
    Map<String, String> found = new LinkedHashMap<>();
    try (InputStream in =
        FakeServices.class.getResourceAsStream("/fakes/" + part.text() + ".json")) {
      JsonNode tree = JsonMapper.shared().readTree(in);
      tree.properties().forEach(each -> found.put(each.getKey(), each.getValue().toString()));
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen(Part part, int port) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      server.setExecutor(threads);
      server.createContext("/", exchange -> answer(part, exchange));
      server.start();
      servers.put(part, server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    servers.forEach((part, server) ->
        properties.put(
            "tnl.services." + part.text(), "http://127.0.0.1:" + server.getAddress().getPort()));
    return properties;
  }

  /** Takes a service away. */
  void stop(Part part) {
    server(part).stop(0);
  }

  /** Brings it back where it was. */
  void start(Part part) {
    listen(part, server(part).getAddress().getPort());
  }

  private HttpServer server(Part part) {
    HttpServer server = servers.get(part);
    if (server == null) {
      throw new IllegalStateException(part + " was never started");
    }
    return server;
  }

  /** An answer of its own for {@code "GET /path"}. */
  void on(String methodAndPath, HttpHandler handler) {
    handlers.put(methodAndPath, handler);
  }

  /** Takes back what {@link #on} said. */
  void forgetOwnAnswers() {
    handlers.clear();
  }

  List<Asked> asked(String target) {
    List<Asked> found = new ArrayList<>();
    for (Asked each : asked) {
      if (each.target().equals(target)) {
        found.add(each);
      }
    }
    return found;
  }

  private void answer(Part part, HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    HttpHandler own = handlers.get(exchange.getRequestMethod() + " " + path);
    if (own != null) {
      own.handle(exchange);
      return;
    }
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    asked.add(
        new Asked(
            part,
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders()),
            body));
    String found = find(part, exchange);
    if (found == null) {
      send(
          exchange,
          404,
          "application/problem+json",
          "{\"title\":\"Not found\",\"status\":404,\"detail\":\"no %s\"}".formatted(path));
    } else {
      send(exchange, 200, "application/json", atNow(found));
    }
  }

  private @Nullable String find(Part part, HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/actuator/health/readiness") || path.equals("/actuator/health")) {
      return "{\"status\":\"UP\"}";
    }
    if (path.endsWith("/events")) {
      return null;
    }
    String verb =
        exchange.getRequestMethod().equals("GET") ? "" : exchange.getRequestMethod() + " ";
    Map<String, String> known = answers.getOrDefault(part, Map.of());
    String exact = known.get(verb + path);
    if (exact != null) {
      return exact;
    }
    String query = exchange.getRequestURI().getQuery();
    if (query != null && query.startsWith("key=")) {
      String first = query.contains("&") ? query.substring(0, query.indexOf('&')) : query;
      return known.get(verb + path + "?" + first);
    }
    return known.get(verb + path.replaceAll("/steps/[0-9]+/", "/steps/*/"));
  }

  static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static String atNow(String json) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Matcher times = TIME.matcher(json);
    return times.replaceAll(time ->
        "\""
            + now.plus(Duration.ofMillis((long) (Double.parseDouble(time.group(1)) * 1000)))
            + "\"");
  }

  void close() {
    servers.values().forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
