package org.transnormer.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.Assignment.ResumePoint;
import org.transnormer.worker.protocol.CheckpointReply;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.Directive;
import org.transnormer.worker.protocol.EndReport;
import org.transnormer.worker.protocol.Heartbeat;
import org.transnormer.worker.protocol.HeartbeatReply;
import org.transnormer.worker.protocol.LogReport;
import org.transnormer.worker.protocol.MetricPoint;
import org.transnormer.worker.protocol.Metrics;
import org.transnormer.worker.protocol.MetricsReport;
import tools.jackson.databind.json.JsonMapper;

/**
 * The trainer's side of the protocol over real HTTP: hands out an assignment, remembers what it is
 * told, refuses other epochs, and can be away.
 */
final class FakeTrainer implements AutoCloseable {

  static final String TOKEN = "a-run-token-that-nobody-may-read";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpServer server;
  private final List<Heartbeat> heartbeats = new ArrayList<>();
  private final Map<String, Map<Long, Double>> metrics = new TreeMap<>();
  private final List<CheckpointReport> checkpoints = new ArrayList<>();
  private final Map<Long, Long> lastLosses = new TreeMap<>();
  private final List<LogReport.Line> log = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private @Nullable Assignment assignment;
  private @Nullable EndReport end;
  private Directive directive = Directive.CONTINUE;
  private Predicate<String> away = call -> false;
  private int refusal;

  FakeTrainer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  URI uri() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
  }

  /** From now on only this attempt is current. */
  synchronized void assign(Assignment next) {
    assignment = next;
    end = null;
    directive = Directive.CONTINUE;
  }

  /** Another epoch owns the run. */
  synchronized void giveAway() {
    Assignment a = current();
    assignment =
        new Assignment(
            a.runId(),
            a.attempt() + 1,
            a.epoch() + 1,
            a.spec(),
            a.tokenSetPrefix(),
            a.checkpointRoot(),
            a.resumeFrom(),
            a.leaseSeconds(),
            a.threads(),
            a.rendezvous());
  }

  synchronized void direct(Directive wish) {
    directive = wish;
  }

  /** These calls get no answer but 503. */
  synchronized void away(Predicate<String> calls) {
    away = calls;
  }

  /** Every call is answered with this status. */
  synchronized void refuse(int status) {
    refusal = status;
  }

  private Assignment current() {
    Assignment a = assignment;
    if (a == null) {
      throw new IllegalStateException("nothing is assigned");
    }
    return a;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      Answer answer;
      synchronized (this) {
        answer = answer(exchange, path, body);
        notifyAll();
      }
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(
          answer.status, answer.body.length == 0 ? -1 : answer.body.length);
      if (answer.body.length > 0) {
        exchange.getResponseBody().write(answer.body);
      }
    }
  }

  private record Answer(int status, byte[] body) {
    static Answer of(int status) {
      return new Answer(status, new byte[0]);
    }

    static Answer of(Object body) {
      return new Answer(200, JSON.writeValueAsBytes(body));
    }
  }

  private Answer answer(HttpExchange exchange, String path, byte[] body) {
    Assignment a = current();
    String call = path.substring(path.lastIndexOf('/') + 1);
    if (away.test(call)) {
      return Answer.of(503);
    }
    if (refusal != 0) {
      return Answer.of(refusal);
    }
    if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      return Answer.of(401);
    }
    String prefix = "/internal/v1/runs/%s/attempts/%d/".formatted(a.runId(), a.attempt());
    boolean sameEpoch =
        call.equals("assignment") || JSON.readTree(body).path("epoch").longValue() == a.epoch();
    if (!path.equals(prefix + call) || !sameEpoch || end != null && !call.equals("end")) {
      refusals.add(call);
      return Answer.of(409);
    }
    return switch (call) {
      case "assignment" -> Answer.of(a);
      case "heartbeat" -> {
        heartbeats.add(JSON.readValue(body, Heartbeat.class));
        yield Answer.of(new HeartbeatReply(directive));
      }
      case "metrics" -> {
        for (MetricPoint point : JSON.readValue(body, MetricsReport.class).points()) {
          metrics
              .computeIfAbsent(point.key(), key -> new TreeMap<>())
              .put(point.step(), point.value());
        }
        yield Answer.of(204);
      }
      case "checkpoints" -> {
        CheckpointReport report = JSON.readValue(body, CheckpointReport.class);
        checkpoints.removeIf(known -> known.prefix().equals(report.prefix()));
        checkpoints.add(report);
        lastLosses.put(
            report.step(), metrics(Metrics.LOSS).keySet().stream().max(Long::compare).orElse(0L));
        yield Answer.of(new CheckpointReply("checkpoint-" + report.step()));
      }
      case "log" -> {
        log.addAll(JSON.readValue(body, LogReport.class).lines());
        yield Answer.of(204);
      }
      case "end" -> {
        end = JSON.readValue(body, EndReport.class);
        yield Answer.of(204);
      }
      default -> Answer.of(404);
    };
  }

  synchronized List<Heartbeat> heartbeats() {
    return List.copyOf(heartbeats);
  }

  synchronized Map<Long, Double> metrics(String key) {
    return new TreeMap<>(metrics.getOrDefault(key, Map.of()));
  }

  synchronized List<CheckpointReport> checkpoints() {
    return List.copyOf(checkpoints);
  }

  /** By step of a checkpoint: the last step whose loss was known when it was reported. */
  synchronized Map<Long, Long> lastLosses() {
    return new TreeMap<>(lastLosses);
  }

  synchronized List<LogReport.Line> log() {
    return List.copyOf(log);
  }

  /** Calls of epochs that are not current. */
  synchronized List<String> refusals() {
    return List.copyOf(refusals);
  }

  synchronized EndReport end() {
    EndReport report = end;
    if (report == null) {
      throw new AssertionError("no end was reported; log: " + log);
    }
    return report;
  }

  synchronized boolean ended() {
    return end != null;
  }

  /** Where a trainer would let the next attempt continue. */
  synchronized @Nullable ResumePoint newest() {
    if (checkpoints.isEmpty()) {
      return null;
    }
    CheckpointReport last = checkpoints.getLast();
    return new ResumePoint(last.prefix(), last.manifestDigest(), last.step());
  }

  /** Waits until a condition holds after some call; fails after a minute. */
  synchronized void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("in vain: " + what + "; log: " + log);
      }
      wait(50);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
