package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.transnormer.door.routes.Part;
import tools.jackson.databind.JsonNode;

class ForwardingIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private final TestDoor door = TestDoor.shared();

  /** The fake services are those of every test of this JVM. */
  @AfterEach
  void forgetOwnAnswers() {
    door.services.forgetOwnAnswers();
  }

  @Test
  void handsOnASignedTokenAndNeverTheKey() throws Exception {
    String path = "/api/v1/corpora/unknown?q=a%20b&x=%2F";
    String key = door.key("operator");

    door.send(
        door.request("GET", path, key).header("Cookie", "a=b").header("X-CSRF-Token", "secret"));

    FakeServices.Asked asked = door.services.asked(path).getLast();
    assertThat(asked.headers().toString()).doesNotContain(key).doesNotContain("secret");
    assertThat(asked.header("Cookie")).isNull();
    SignedJWT token = SignedJWT.parse(String.valueOf(asked.header("Authorization")).substring(7));
    assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo("door");
    assertThat(token.getJWTClaimsSet().getStringClaim("role")).isEqualTo("operator");
    assertThat(token.getJWTClaimsSet().getStringClaim("name")).isEqualTo("a operator");
    assertThat(asked.header("X-request-id")).isNotBlank();
  }

  @Test
  void passesStatusBodyAndHeadersButNotThoseOfOneHop() {
    door.services.on(
        "POST /api/v1/cleaning-runs",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/api/v1/cleaning-runs/7");
          exchange.getResponseHeaders().set("Keep-Alive", "timeout=9");
          exchange.getResponseHeaders().set("Set-Cookie", "evil=1");
          exchange.getResponseHeaders().set("X-Frame-Options", "ALLOWALL");
          FakeServices.send(
              exchange,
              202,
              "application/json",
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        });

    HttpResponse<String> answer =
        door.call("POST", "/api/v1/cleaning-runs", door.adminKey, "{\"corpusId\":\"ü\"}");

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEqualTo("{\"corpusId\":\"ü\"}");
    assertThat(answer.headers().firstValue("Location")).contains("/api/v1/cleaning-runs/7");
    assertThat(answer.headers().allValues("X-Frame-Options")).containsExactly("DENY");
    assertThat(answer.headers().map()).doesNotContainKeys("keep-alive", "set-cookie");
  }

  @Test
  void passesEventsOnAsTheyCome() throws Exception {
    CountDownLatch firstSeen = new CountDownLatch(1);
    door.services.on(
        "GET /api/v1/training-runs/1/events",
        exchange -> {
          try (OutputStream out = events(exchange)) {
            write(out, "data: one\n\n");
            awaitUnchecked(firstSeen);
            write(out, "data: two\n\n");
          }
        });

    HttpResponse<InputStream> answer = stream("/api/v1/training-runs/1/events");

    try (InputStream in = answer.body()) {
      assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
      assertThat(readUntil(in, "one\n\n")).isEqualTo("data: one\n\n");
      firstSeen.countDown();
      assertThat(readUntil(in, "two\n\n")).contains("data: two\n\n");
    }
  }

  @Test
  void keepsASilentStreamAliveWithComments() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    door.services.on(
        "GET /api/v1/training-runs/2/events",
        exchange -> {
          events(exchange);
          awaitUnchecked(end);
          exchange.close();
        });

    HttpResponse<InputStream> answer = stream("/api/v1/training-runs/2/events");

    try (InputStream in = answer.body()) {
      assertThat(readUntil(in, ":\n\n")).isEqualTo(":\n\n");
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsAStreamAtItsServiceWhenTheClientLeaves() throws Exception {
    AtomicBoolean noticed = new AtomicBoolean();
    door.services.on(
        "GET /api/v1/training-runs/3/events",
        exchange -> {
          try (OutputStream out = events(exchange)) {
            while (true) {
              write(out, "data: tick\n\n");
              pause();
            }
          } catch (IOException _) {
            noticed.set(true);
          }
        });

    try (Socket client = raw("GET", "/api/v1/training-runs/3/events", "")) {
      readUntil(client.getInputStream(), "data: tick");
    }

    await().atMost(SOON).untilTrue(noticed);
  }

  @Test
  void endsAnAnswerThatIsStillThoughtAboutWhenTheClientLeaves() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    AtomicBoolean refused = new AtomicBoolean();
    CountDownLatch tried = new CountDownLatch(1);
    door.services.on(
        "POST /v1/completions",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          began.countDown();
          pause(Duration.ofSeconds(2));
          // The door has closed this connection by now: the head of the answer meets a reset, and
          // what follows fails. Had it not, it would still take what is sent here.
          try (exchange) {
            OutputStream out = events(exchange);
            pause(Duration.ofMillis(200));
            write(out, "data: too late\n\n");
          } catch (IOException _) {
            refused.set(true);
          }
          tried.countDown();
        });

    try (Socket _ = raw("POST", "/v1/completions", "{\"model\":\"main\"}")) {
      assertThat(began.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    assertThat(tried.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(refused).isTrue();
  }

  @Test
  void streamsALargeBodyUpWithoutKeepingIt() {
    AtomicLong received = new AtomicLong();
    door.services.on(
        "POST /api/v1/tokenizers/register",
        exchange -> {
          byte[] piece = new byte[64 * 1024];
          for (int n; (n = exchange.getRequestBody().read(piece)) >= 0; ) {
            received.addAndGet(n);
          }
          FakeServices.send(exchange, 201, "application/json", "{}");
        });
    byte[] megabytes = new byte[9 << 20];

    HttpResponse<String> answer =
        door.send(
            door.request("POST", "/api/v1/tokenizers/register", door.adminKey)
                .POST(BodyPublishers.ofByteArrays(List.of(megabytes))));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(received).hasValue(megabytes.length);
  }

  @Test
  void refusesABodyAboveTheLimitWhetherItsClientWaitsOrNot() {
    byte[] megabytes = new byte[17 << 20];
    for (boolean waits : List.of(true, false)) {
      HttpResponse<String> answer =
          door.send(
              door.request("POST", "/api/v1/corpora", door.adminKey)
                  .expectContinue(waits)
                  .POST(BodyPublishers.ofByteArray(megabytes)));

      assertThat(answer.statusCode()).isEqualTo(413);
      assertThat(answer.body()).contains("payload-too-large");
    }
  }

  @Test
  void namesTheServiceThatIsAway() {
    try (var _ = away(Part.CLEANING)) {
      HttpResponse<String> answer = door.call("GET", "/api/v1/recipes", door.adminKey);

      JsonNode problem = TestDoor.JSON.readTree(answer.body());
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(problem.path("type").asString()).isEqualTo("/problems/service-away");
      assertThat(problem.path("service").asString()).isEqualTo("cleaning");
      assertThat(problem.path("requestId").asString()).isNotBlank();
    }
  }

  @Test
  void answersInOpenAisShapeBelowV1() {
    try (var _ = away(Part.INFERENCE)) {
      HttpResponse<String> answer = door.call("GET", "/v1/models", door.adminKey);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(TestDoor.JSON.readTree(answer.body()).at("/error/message").asString())
          .contains("inference");
    }
    HttpResponse<String> locked = door.call("GET", "/v1/models", null);
    assertThat(locked.statusCode()).isEqualTo(401);
    assertThat(TestDoor.JSON.readTree(locked.body()).at("/error/type").asString())
        .isEqualTo("authentication_error");
  }

  @Test
  void saysThatAServiceBrokeOff() {
    door.services.on("GET /api/v1/aliases", HttpExchange::close);

    HttpResponse<String> answer = door.call("GET", "/api/v1/aliases", door.adminKey);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("service-broke-off", "trainer");
  }

  @Test
  void neverEndsABrokenAnswerAsIfItWereWhole() throws Exception {
    door.services.on(
        "GET /api/v1/snapshots",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          write(exchange.getResponseBody(), "[1, 2");
          pause();
          throw new IOException("the fake service crashes");
        });

    try (Socket client = raw("GET", "/api/v1/snapshots", "")) {
      String all = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(all).contains("[1, 2").doesNotEndWith("0\r\n\r\n");
    }
  }

  private interface Restored extends AutoCloseable {
    @Override
    void close();
  }

  private Restored away(Part part) {
    door.services.stop(part);
    return () -> door.services.start(part);
  }

  private HttpResponse<InputStream> stream(String path) throws Exception {
    HttpRequest request = door.request("GET", path, door.adminKey).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream());
  }

  /** A client that can vanish in the middle, which no library lets one do. */
  private Socket raw(String method, String path, String body) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.uri("/").getPort());
    socket.setSoTimeout((int) SOON.toMillis());
    String head =
        "%s %s HTTP/1.1\r\nHost: door\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(method, path, door.adminKey, body.length());
    socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
    return socket;
  }

  private static OutputStream events(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().flush();
    return exchange.getResponseBody();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String readUntil(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (!text.toString().endsWith(end)) {
      int c = in.read();
      if (c < 0) {
        throw new AssertionError("ended after: " + text);
      }
      text.append((char) c);
    }
    return text.toString();
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause() {
    pause(Duration.ofMillis(50));
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
