package org.transnormer.worker;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.CheckpointReply;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.EndReport;
import org.transnormer.worker.protocol.ExitCode;
import org.transnormer.worker.protocol.FailureCode;
import org.transnormer.worker.protocol.Heartbeat;
import org.transnormer.worker.protocol.HeartbeatReply;
import org.transnormer.worker.protocol.LogReport;
import org.transnormer.worker.protocol.MetricsReport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to the trainer, one request at a time and without repeating any. Every call ends in an
 * answer, in a {@link TrainerAwayException}, or in a {@link LeaveException} where the trainer wants
 * nothing more of this attempt.
 */
final class TrainerClient {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Answers are small; a body is read to its end only up to here for a message. */
  private static final int LONGEST_DETAIL = 500;

  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final URI base;
  private final String token;

  TrainerClient(WorkerSettings settings) {
    this.base =
        URI.create(
            "%s/internal/v1/runs/%s/attempts/%d/"
                .formatted(
                    settings.trainer().toString().replaceAll("/+$", ""),
                    settings.runId(),
                    settings.attempt()));
    this.token = settings.runToken();
  }

  Assignment assignment() throws TrainerAwayException {
    return read(send(request("assignment").GET().build()), Assignment.class);
  }

  HeartbeatReply heartbeat(Heartbeat heartbeat) throws TrainerAwayException {
    return read(post("heartbeat", heartbeat), HeartbeatReply.class);
  }

  void metrics(MetricsReport report) throws TrainerAwayException {
    post("metrics", report);
  }

  void log(LogReport report) throws TrainerAwayException {
    post("log", report);
  }

  CheckpointReply checkpoint(CheckpointReport report) throws TrainerAwayException {
    return read(post("checkpoints", report), CheckpointReply.class);
  }

  void end(EndReport report) throws TrainerAwayException {
    post("end", report);
  }

  private HttpRequest.Builder request(String call) {
    return HttpRequest.newBuilder(base.resolve(call))
        .timeout(ANSWER)
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json");
  }

  private String post(String call, Object body) throws TrainerAwayException {
    return send(
        request(call)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build());
  }

  private String send(HttpRequest request) throws TrainerAwayException {
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new TrainerAwayException("no answer from " + request.uri() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrainerAwayException("interrupted while asking " + request.uri(), e);
    }
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return response.body();
    }
    String detail = "%d from %s: %s".formatted(status, request.uri(), shortened(response.body()));
    switch (status) {
      case 409 -> throw new LeaveException(ExitCode.STALE_EPOCH, "stale epoch: " + detail);
      case 401, 403 -> throw new LeaveException(ExitCode.NOT_AUTHORISED, detail);
      case 404 -> throw new LeaveException(ExitCode.STALE_EPOCH, "no such attempt: " + detail);
      case 400, 413, 415, 422 ->
          throw new FailedException(FailureCode.CRASHED, "refused: " + detail);
      default -> throw new TrainerAwayException(detail, null);
    }
  }

  private static String shortened(String body) {
    return body.length() <= LONGEST_DETAIL ? body : body.substring(0, LONGEST_DETAIL) + "...";
  }

  private static <T> T read(String body, Class<T> type) throws TrainerAwayException {
    try {
      return JSON.readValue(body, type);
    } catch (JacksonException e) {
      throw new TrainerAwayException(
          "not understood: " + shortened(body) + ": " + e.getOriginalMessage(), e);
    }
  }
}
