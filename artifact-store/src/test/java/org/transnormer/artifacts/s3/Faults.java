package org.transnormer.artifacts.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an HTTP server and lets go wrong what goes wrong on the way to one. Requests are
 * passed on as they are, so that signatures hold.
 */
public final class Faults implements AutoCloseable {

  /** What happens to a request. */
  public enum Fault {
    NONE,
    /** The server says 503 and has done nothing. */
    UNAVAILABLE,
    /** The server says 404. */
    GONE,
    /** The connection is lost before the server heard of it. */
    LOST_REQUEST,
    /** The server has done it, the connection is lost before it could say so. */
    LOST_ANSWER,
    /** The connection is lost amid the answer. */
    CUT_ANSWER,
    /** Half of the answer, as if that were all. */
    SHORT_ANSWER
  }

  /** Decides about each request; thread-safe. */
  @FunctionalInterface
  public interface Plan {
    Fault next(String method, String uri);
  }

  private final URI server;
  private final HttpServer front;
  private final AtomicInteger injected = new AtomicInteger();
  private volatile Plan plan = (method, uri) -> Fault.NONE;

  private Faults(URI server, HttpServer front) {
    this.server = server;
    this.front = front;
  }

  /** Without faults at first. */
  public static Faults before(URI server) throws IOException {
    HttpServer front =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Faults faults = new Faults(server, front);
    front.createContext("/", faults::handle);
    front.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    front.start();
    return faults;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + front.getAddress().getPort());
  }

  public void plan(Plan next) {
    plan = next;
  }

  /** The fault for the first so many requests whose method and URI contain the text. */
  public void first(int times, String text, Fault fault) {
    AtomicInteger left = new AtomicInteger(times);
    plan =
        (method, uri) ->
            (method + " " + uri).contains(text) && left.getAndDecrement() > 0 ? fault : Fault.NONE;
  }

  /** How many requests went wrong. */
  public int injected() {
    return injected.get();
  }

  private record Answer(int status, List<String> headers, byte[] body) {}

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Fault fault = plan.next(exchange.getRequestMethod(), exchange.getRequestURI().toString());
    if (fault != Fault.NONE) {
      injected.incrementAndGet();
    }
    try (exchange) {
      switch (fault) {
        case LOST_REQUEST -> {}
        case LOST_ANSWER -> ask(exchange, body);
        case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
        case GONE -> exchange.sendResponseHeaders(404, -1);
        case NONE -> reply(exchange, ask(exchange, body), false, false);
        case CUT_ANSWER -> reply(exchange, ask(exchange, body), true, false);
        case SHORT_ANSWER -> reply(exchange, ask(exchange, body), true, true);
      }
    }
  }

  /** HTTP/1.0, so that the answer ends where the connection does. */
  private Answer ask(HttpExchange exchange, byte[] body) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append(
        "%s %s HTTP/1.0\r\n".formatted(exchange.getRequestMethod(), exchange.getRequestURI()));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (!name.equalsIgnoreCase("Connection") && !name.equalsIgnoreCase("Expect")) {
            values.forEach(value -> head.append("%s: %s\r\n".formatted(name, value)));
          }
        });
    head.append("\r\n");
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
      return read(socket.getInputStream());
    }
  }

  private static Answer read(InputStream in) throws IOException {
    List<String> head = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      head.add(line);
    }
    int status = Integer.parseInt(head.removeFirst().split(" ")[1]);
    return new Answer(status, head, in.readAllBytes());
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  private static void reply(HttpExchange exchange, Answer answer, boolean half, boolean honest)
      throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    for (String header : answer.headers) {
      String name = header.substring(0, header.indexOf(':'));
      if (head || !name.matches("(?i)content-length|connection|date")) {
        exchange.getResponseHeaders().add(name, header.substring(name.length() + 1).strip());
      }
    }
    int sent = half ? answer.body.length / 2 : answer.body.length;
    int promised = honest ? sent : answer.body.length;
    exchange.sendResponseHeaders(answer.status, head || promised == 0 ? -1 : promised);
    if (!head && sent > 0) {
      exchange.getResponseBody().write(answer.body, 0, sent);
      exchange.getResponseBody().flush();
    }
  }

  @Override
  public void close() {
    front.stop(0);
  }
}
