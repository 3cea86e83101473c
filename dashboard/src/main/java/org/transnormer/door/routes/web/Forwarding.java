package org.transnormer.door.routes.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.http.MediaType;
import org.transnormer.door.routes.Part;
import org.transnormer.door.routes.Routes.Route;
import org.transnormer.door.routes.UpstreamProblem;
import org.transnormer.door.routes.UpstreamProperties;
import org.transnormer.door.routes.UpstreamProperties.Patience;

/**
 * Hands a request to its service and streams both ways. All reading from and writing to the client
 * is done by the request's own thread. A client that leaves ends the work of the service, because
 * the connection to it is closed at once.
 */
public final class Forwarding {
  private static final Duration LOOK_AROUND = Duration.ofMillis(500);
  private static final byte[] COMMENT = {':', '\n', '\n'};

  private final UpstreamProperties services;
  private final Patience patience;
  private final HttpClient client;

  public Forwarding(UpstreamProperties services, Patience patience) {
    this.services = services;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience.connect())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /**
   * @param bearer signed token that says who the caller is
   * @throws UpstreamProblem when the service gives no answer; nothing has been written then
   * @throws IOException when the answer, or the client, broke off
   */
  public void forward(
      Route route,
      String bearer,
      String requestId,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    URI base = services.base(route.part());
    try {
      RequestBody body = body(request);
      CompletableFuture<HttpResponse<ResponseBody>> answer =
          client.sendAsync(
              outgoing(uri(base, route, request), body, bearer, requestId, request),
              _ -> new ResponseBody());
      HttpResponse<ResponseBody> head = await(route.part(), answer, body, request);
      response.setStatus(head.statusCode());
      ForwardedHeaders.down(head.headers(), base, response);
      stream(route.part(), head.body(), request, response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the door is closing", e);
    }
  }

  private static URI uri(URI base, Route route, HttpServletRequest request) {
    String query = request.getQueryString();
    return URI.create(base + route.path() + (query == null ? "" : "?" + query));
  }

  private static RequestBody body(HttpServletRequest request) throws IOException {
    return new RequestBody(request.getInputStream(), request.getContentLengthLong());
  }

  private HttpRequest outgoing(
      URI uri, RequestBody body, String bearer, String requestId, HttpServletRequest request) {
    boolean hasBody =
        request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri)
            .method(request.getMethod(), hasBody ? body : BodyPublishers.noBody());
    ForwardedHeaders.up(request, builder);
    return builder
        .header("Authorization", "Bearer " + bearer)
        .header("X-Request-Id", requestId)
        .build();
  }

  private HttpResponse<ResponseBody> await(
      Part part,
      CompletableFuture<HttpResponse<ResponseBody>> answer,
      RequestBody body,
      HttpServletRequest request)
      throws IOException, InterruptedException {
    try {
      if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
        body.pump(answer);
      }
      Instant until = Instant.now().plus(patience.response());
      while (Instant.now().isBefore(until)) {
        try {
          return answer.get(LOOK_AROUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
          if (ClientConnection.isGone(request)) {
            throw new ClientLeftException();
          }
        }
      }
      throw UpstreamProblem.late(part, patience.response());
    } catch (ExecutionException e) {
      throw problem(part, e.getCause() == null ? e : e.getCause());
    } finally {
      if (!answer.isDone()) {
        answer.cancel(true);
      }
    }
  }

  private static UpstreamProblem problem(Part part, Throwable cause) {
    return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
        ? UpstreamProblem.away(part, cause)
        : UpstreamProblem.broken(part, cause);
  }

  private void stream(
      Part part, ResponseBody body, HttpServletRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    boolean events = isEventStream(response);
    if (events) {
      response.setHeader("X-Accel-Buffering", "no");
      response.flushBuffer();
    }
    try {
      new Pouring(part, body, request, response.getOutputStream(), events).run();
    } catch (IOException | InterruptedException | RuntimeException e) {
      body.cancel();
      throw e;
    }
  }

  private static boolean isEventStream(HttpServletResponse response) {
    String type = response.getContentType();
    return type != null && type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE);
  }

  /** One answer on its way down. */
  private final class Pouring {
    private final Part part;
    private final ResponseBody body;
    private final HttpServletRequest request;
    private final OutputStream out;
    private final WritableByteChannel channel;
    private final boolean events;

    /** The last two bytes were line feeds: a comment may be put here. */
    private boolean betweenEvents = true;

    private Instant lastByte = Instant.now();

    Pouring(
        Part part,
        ResponseBody body,
        HttpServletRequest request,
        OutputStream out,
        boolean events) {
      this.part = part;
      this.body = body;
      this.request = request;
      this.out = out;
      this.channel = Channels.newChannel(out);
      this.events = events;
    }

    void run() throws IOException, InterruptedException {
      while (true) {
        switch (body.next(LOOK_AROUND)) {
          case null -> whileSilent();
          case ResponseBody.End _ -> {
            return;
          }
          case ResponseBody.Broken(Throwable cause) ->
              throw new IOException("the answer of " + part.text() + " broke off", cause);
          case ResponseBody.Piece(var buffers) -> {
            write(buffers);
            body.more();
          }
        }
      }
    }

    private void write(List<ByteBuffer> buffers) throws ClientLeftException {
      try {
        for (ByteBuffer buffer : buffers) {
          look(buffer);
          channel.write(buffer);
        }
        out.flush();
        lastByte = Instant.now();
      } catch (IOException e) {
        throw new ClientLeftException(e);
      }
    }

    private void look(ByteBuffer buffer) {
      int end = buffer.limit();
      if (buffer.hasRemaining()) {
        betweenEvents =
            buffer.get(end - 1) == '\n' && (buffer.remaining() < 2 || buffer.get(end - 2) == '\n');
      }
    }

    private void whileSilent() throws IOException {
      if (ClientConnection.isGone(request)) {
        throw new ClientLeftException();
      }
      Duration silence = Duration.between(lastByte, Instant.now());
      if (!events && silence.compareTo(patience.idle()) > 0) {
        throw new IOException(part.text() + " fell silent in the middle of its answer");
      }
      if (events && betweenEvents && silence.compareTo(patience.heartbeat()) > 0) {
        write(List.of(ByteBuffer.wrap(COMMENT)));
      }
    }
  }

  /** Nobody waits for this answer any more. */
  static final class ClientLeftException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientLeftException() {
      super("the client has left");
    }

    ClientLeftException(IOException cause) {
      super("the client has left", cause);
    }
  }
}
