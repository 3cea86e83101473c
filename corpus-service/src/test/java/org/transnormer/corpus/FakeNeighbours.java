package org.transnormer.corpus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** cleaning-service and trainer-service, as far as they are asked who refers to something. */
public final class FakeNeighbours {
  private final HttpServer server;
  private final Map<String, String> referrers = new ConcurrentHashMap<>();
  private volatile boolean away;

  FakeNeighbours() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/internal/v1/references", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * @param query like {@code kind=snapshot&id=7}
   * @param referrer in words; nobody when empty
   */
  public void refer(String query, String referrer) {
    referrers.put(query, referrer);
  }

  /** They answer nothing but 503, or answer again. */
  public void away(boolean value) {
    away = value;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String referrer = referrers.getOrDefault(exchange.getRequestURI().getQuery(), "");
    String list = referrer.isEmpty() ? "" : "\"" + referrer + "\"";
    byte[] body = "{\"referrers\":[%s]}".formatted(list).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(away ? 503 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
