package org.transnormer.inference.openai.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.transnormer.inference.generation.Engine;
import org.transnormer.inference.generation.FinishReason;
import org.transnormer.inference.generation.GeneratedToken;
import org.transnormer.inference.generation.Generation;
import org.transnormer.inference.generation.GenerationRequest;
import org.transnormer.inference.generation.Usage;
import org.transnormer.inference.openai.AnswerFormat;
import org.transnormer.inference.openai.OpenAiException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request from submission to the last byte of its answer, on the request's own (virtual)
 * thread.
 *
 * <p>While nothing is generated something harmless is still written now and then (a comment in a
 * stream, white space before a plain answer), because only a write tells that the caller has left.
 */
final class CompletionExchange {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] PING = ": still here\n\n".getBytes(StandardCharsets.UTF_8);

  private final AnswerFormat format;
  private final HttpServletResponse response;
  private final Duration heartbeat;
  private final BlockingQueue<ChoiceEvent> events = new LinkedBlockingQueue<>();
  private final List<GenerationRequest> requests;
  private final int choicesPerPrompt;
  private int completionTokens;

  CompletionExchange(
      AnswerFormat format,
      HttpServletResponse response,
      Duration heartbeat,
      List<GenerationRequest> requests,
      int choicesPerPrompt) {
    this.format = format;
    this.response = response;
    this.heartbeat = heartbeat;
    this.requests = requests;
    this.choicesPerPrompt = choicesPerPrompt;
  }

  /**
   * Generates and answers.
   *
   * @param accepted runs once the engine has taken the request, before the first byte is sent
   * @return tokens read and generated, also when the caller left half-way
   * @throws OpenAiException when nothing was written yet and the request cannot be served
   */
  Usage run(Engine engine, boolean stream, Runnable accepted) throws InterruptedException {
    List<ChoiceEvent.Listener> listeners =
        IntStream.range(0, requests.size())
            .mapToObj(index -> new ChoiceEvent.Listener(index, events))
            .toList();
    List<Generation> generations = engine.submit(requests, listeners);
    try {
      accepted.run();
      if (stream) {
        stream();
      } else {
        collect();
      }
    } catch (IOException callerLeft) {
      return usage();
    } finally {
      generations.forEach(Generation::cancel);
    }
    return usage();
  }

  private void stream() throws IOException, InterruptedException {
    ChoiceEvent first = next(null);
    response.setStatus(HttpServletResponse.SC_OK);
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    response.setHeader("Cache-Control", "no-cache");
    response.setHeader("X-Accel-Buffering", "no");
    OutputStream out = response.getOutputStream();
    if (format.chat()) {
      for (int index = 0; index < requests.size(); index++) {
        send(out, format.roleChunk(index));
      }
    }
    int[] offsets = new int[requests.size()];
    int open = requests.size();
    ChoiceEvent event = first;
    while (true) {
      switch (event) {
        case ChoiceEvent.Token(int index, GeneratedToken token) -> {
          send(out, format.chunk(index, token, offsets[index]));
          offsets[index] += token.text().length();
        }
        case ChoiceEvent.End(int index, FinishReason reason, Usage usage) -> {
          completionTokens += usage.completionTokens();
          send(out, format.endChunk(index, reason));
          open--;
        }
        case ChoiceEvent.Failure failure -> {
          send(out, OpenAiErrors.body(failed(failure)));
          return;
        }
      }
      if (open == 0) {
        break;
      }
      event = next(out);
    }
    if (format.usageChunk()) {
      send(out, format.usageChunk(usage()));
    }
    out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void collect() throws IOException, InterruptedException {
    List<List<GeneratedToken>> tokens = new ArrayList<>();
    List<@Nullable FinishReason> reasons = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      tokens.add(new ArrayList<>());
      reasons.add(null);
    }
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    OutputStream out = response.getOutputStream();
    for (int open = requests.size(); open > 0; ) {
      switch (nextOrSpace(out)) {
        case ChoiceEvent.Token(int index, GeneratedToken token) -> tokens.get(index).add(token);
        case ChoiceEvent.End(int index, FinishReason reason, Usage usage) -> {
          completionTokens += usage.completionTokens();
          reasons.set(index, reason);
          open--;
        }
        case ChoiceEvent.Failure failure -> throw failed(failure);
      }
    }
    List<AnswerFormat.Choice> choices = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      FinishReason reason = reasons.get(i);
      choices.add(
          new AnswerFormat.Choice(tokens.get(i), reason == null ? FinishReason.STOP : reason));
    }
    out.write(JSON.writeValueAsBytes(format.answer(choices, usage())));
    out.flush();
  }

  /** The next event; pings meanwhile once the stream is open. */
  private ChoiceEvent next(@Nullable OutputStream out) throws IOException, InterruptedException {
    while (true) {
      ChoiceEvent event = events.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS);
      if (event != null) {
        return event;
      }
      if (out != null) {
        out.write(PING);
        out.flush();
      }
    }
  }

  private ChoiceEvent nextOrSpace(OutputStream out) throws IOException, InterruptedException {
    while (true) {
      ChoiceEvent event = events.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS);
      if (event != null) {
        return event;
      }
      out.write(' ');
      out.flush();
    }
  }

  private static void send(OutputStream out, ObjectNode data) throws IOException {
    out.write("data: ".getBytes(StandardCharsets.UTF_8));
    out.write(JSON.writeValueAsBytes(data));
    out.write("\n\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** A prompt counts once, however many choices continue it. */
  private Usage usage() {
    int promptTokens = 0;
    for (int i = 0; i < requests.size(); i += choicesPerPrompt) {
      promptTokens += requests.get(i).prompt().length;
    }
    return new Usage(promptTokens, completionTokens);
  }

  private static OpenAiException failed(ChoiceEvent.Failure failure) {
    return OpenAiException.internal("the generation broke off: " + failure.cause().getMessage());
  }
}
