package org.transnormer.inference.openai.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.inference.answers.Answer;
import org.transnormer.inference.answers.Answers;
import org.transnormer.inference.deployments.Deployments;
import org.transnormer.inference.deployments.ServedModel;
import org.transnormer.inference.generation.GenerationRequest;
import org.transnormer.inference.generation.Usage;
import org.transnormer.inference.openai.AnswerFormat;
import org.transnormer.inference.openai.Completion;
import org.transnormer.inference.openai.OpenAiException;
import org.transnormer.support.security.Caller;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1}: what OpenAI's clients call. */
@RestController
@Tag(name = "OpenAI", description = "What clients of OpenAI's API call")
@RequestMapping("/v1")
class OpenAiController {

  private static final Duration HEARTBEAT = Duration.ofSeconds(3);

  private final Deployments deployments;
  private final Answers answers;
  private final Clock clock;

  OpenAiController(Deployments deployments, Answers answers, Clock clock) {
    this.deployments = deployments;
    this.answers = answers;
    this.clock = clock;
  }

  @Operation(summary = "List the models that are served")
  @GetMapping("/models")
  JsonNode models() {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = list.putArray("data");
    deployments.served().forEach(served -> data.add(model(served)));
    return list;
  }

  @Operation(summary = "A model that is served")
  @GetMapping("/models/{name}")
  JsonNode model(@PathVariable String name) {
    return deployments.served().stream()
        .filter(served -> served.name().equals(name))
        .findFirst()
        .<JsonNode>map(OpenAiController::model)
        .orElseThrow(
            () -> OpenAiException.modelNotFound("Nothing is deployed as '%s'".formatted(name)));
  }

  @Operation(
      summary = "Continue a text",
      description =
          "Takes the fields of OpenAI's completions, and top_k. best_of, suffix, the penalties and"
              + " logit_bias pass in their neutral values only.")
  @ApiResponse(
      responseCode = "200",
      description = "The answer; with `stream` as server-sent events that end with [DONE]",
      content = {
        @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")),
        @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string"))
      })
  @PostMapping("/completions")
  void completions(@RequestBody JsonNode body, HttpServletResponse response)
      throws InterruptedException {
    complete(Completion.parseCompletion(body, freshSeed()), response);
  }

  @Operation(
      summary = "Answer in a conversation",
      description =
          "Takes the fields of OpenAI's chat completions, and top_k. response_format, the penalties"
              + " and logit_bias pass in their neutral values only.")
  @ApiResponse(
      responseCode = "200",
      description = "The answer; with `stream` as server-sent events that end with [DONE]",
      content = {
        @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")),
        @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string"))
      })
  @PostMapping("/chat/completions")
  void chat(@RequestBody JsonNode body, HttpServletResponse response) throws InterruptedException {
    complete(Completion.parseChat(body, freshSeed()), response);
  }

  private void complete(Completion completion, HttpServletResponse response)
      throws InterruptedException {
    try (ServedModel.Use use = deployments.use(completion.model())) {
      ServedModel served = use.model();
      List<GenerationRequest> requests = completion.sequences(served.engine().tokenizer());
      String id = (completion.chat() ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
      long created = clock.instant().getEpochSecond();
      AnswerFormat format =
          new AnswerFormat(
              id,
              created,
              completion.model(),
              completion.chat(),
              completion.includeUsage(),
              served.engine().tokenizer());
      Answer answer =
          new Answer(
              id,
              completion.model(),
              served.checkpointId(),
              clock.instant(),
              new Usage(0, 0),
              Caller.current().name());
      new CompletionExchange(format, response, HEARTBEAT, requests, completion.n())
          .run(
              served.engine(),
              completion.stream(),
              () -> answers.begin(answer),
              usage -> answers.end(id, usage));
    }
  }

  private static ObjectNode model(ServedModel served) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", served.name())
        .put("object", "model")
        .put("created", served.loadedAt().getEpochSecond())
        .put("owned_by", "transnormer");
  }

  private static long freshSeed() {
    return RandomGenerator.getDefault().nextLong();
  }
}
