package org.transnormer.integration.chart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * As much of the Kubernetes API as Helm's {@code lookup} of a secret needs. The library asks the
 * cluster of {@code KUBECONFIG} even when it only renders; the build points that variable at {@link
 * #kubeconfig()}.
 */
final class ClusterOfSecrets implements AutoCloseable {

  private static final String RESOURCES =
      """
      {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources": [
        {"name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret",
         "verbs": ["get"]}]}
      """;

  private static final String NOT_FOUND =
      """
      {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound",
       "code": 404, "message": "there is no such thing"}
      """;

  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final HttpServer server;

  private ClusterOfSecrets(HttpServer server) {
    this.server = server;
  }

  static ClusterOfSecrets start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ClusterOfSecrets cluster = new ClusterOfSecrets(server);
    server.createContext("/", cluster::answer);
    server.start();
    Files.writeString(kubeconfig(), cluster.contents());
    return cluster;
  }

  private static Path kubeconfig() {
    return Path.of(System.getenv("KUBECONFIG"));
  }

  void put(String name, Map<String, String> values) {
    Map<String, String> data = new TreeMap<>();
    values.forEach((key, value) -> data.put(key, base64(value)));
    secrets.put(
        name,
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "kind",
                    "Secret",
                    "apiVersion",
                    "v1",
                    "metadata",
                    Map.of("name", name),
                    "data",
                    data)));
  }

  void clear() {
    secrets.clear();
  }

  static String base64(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String found =
        path.equals("/api/v1")
            ? RESOURCES
            : path.contains("/secrets/")
                ? secrets.getOrDefault(path.substring(path.lastIndexOf('/') + 1), "")
                : "";
    byte[] body = (found.isEmpty() ? NOT_FOUND : found).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(found.isEmpty() ? 404 : 200, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String contents() {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: here, cluster: {server: "%s"}}]
    users: [{name: me, user: {token: none}}]
    contexts: [{name: only, context: {cluster: here, user: me}}]
    current-context: only
    """
        .formatted(address);
  }

  @Override
  public String toString() {
    return secrets.keySet().stream().collect(Collectors.joining(", ", "secrets ", ""));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
