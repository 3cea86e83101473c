package org.transnormer.door.gather.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.gather.Json;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.gather.Reply;
import org.transnormer.door.routes.Part;
import org.transnormer.door.routes.UpstreamProperties;
import org.transnormer.support.security.TokenIssuer;
import org.transnormer.support.web.RequestIdFilter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks as the door itself. */
public final class HttpQuestions implements Questions {
  private static final int MULTIPLE_CHOICES = 300;
  private static final int OK = 200;

  private final UpstreamProperties services;
  private final TokenIssuer issuer;
  private final JsonMapper json;
  private final Duration patience;
  private final HttpClient client;

  public HttpQuestions(
      UpstreamProperties services, TokenIssuer issuer, JsonMapper json, Duration patience) {
    this.services = services;
    this.issuer = issuer;
    this.json = json;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  @Override
  public CompletableFuture<Reply> ask(Part part, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(services.base(part) + path))
            .timeout(patience)
            .header("Accept", "application/json, application/problem+json")
            .header("Authorization", "Bearer " + issuer.ownToken());
    RequestIdFilter.current().ifPresent(id -> request.header(RequestIdFilter.HEADER, id));
    return client
        .sendAsync(request.build(), BodyHandlers.ofString())
        .handle((answer, failure) -> reply(part, answer, failure));
  }

  private Reply reply(
      Part part, @Nullable HttpResponse<String> answer, @Nullable Throwable failure) {
    if (answer == null) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return new Reply.Away(
          cause instanceof HttpTimeoutException
              ? "the %s service did not answer within %d s"
                  .formatted(part.text(), patience.toSeconds())
              : "the %s service does not answer".formatted(part.text()));
    }
    try {
      JsonNode body = json.readTree(answer.body());
      if (answer.statusCode() >= OK && answer.statusCode() < MULTIPLE_CHOICES) {
        return new Reply.Found(body);
      }
      return new Reply.Refused(
          answer.statusCode(),
          Json.text(body, "/detail")
              .orElse("the %s service answered %d".formatted(part.text(), answer.statusCode())));
    } catch (JacksonException _) {
      return new Reply.Refused(
          answer.statusCode(), "the %s service did not answer in JSON".formatted(part.text()));
    }
  }
}
