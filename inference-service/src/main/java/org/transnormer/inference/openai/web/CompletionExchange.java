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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

  private static final Logger LOG = LoggerFactory.getLogger(CompletionExchange.class);
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
   * @param ended told the tokens read and generated, once: before the last byte is sent, so that
   *     whoever has the whole answer can ask about it, or when the caller left half-way
   * @throws OpenAiException when nothing was written yet and the request cannot be served
   */
  void run(Engine engine, boolean stream, Runnable accepted, Consumer<Usage> ended)
      throws InterruptedException {
    List<ChoiceEvent.Listener> listeners =
        IntStream.range(0, requests.size())
            .mapToObj(index -> new ChoiceEvent.Listener(index, events))
            .toList();
    List<Generation> generations = engine.submit(requests, listeners);
    try {
      accepted.run();
      exchange(stream, ended);
    } finally {
      generations.forEach(Generation::cancel);
    }
  }

  private void exchange(boolean stream, Consumer<Usage> ended) throws InterruptedException {
    AtomicBoolean told = new AtomicBoolean();
    Runnable end =
        () -> {
          if (told.compareAndSet(false, true)) {
            ended.accept(usage());
          }
        };
    try {
      if (stream) {
        stream(end);
      } else {
        collect(end);
      }
    } catch (IOException callerLeft) {
      LOG.debug("the caller left before the end of the answer", callerLeft);
    } finally {
      end.run();
    }
  }

  private void stream(Runnable end) throws IOException, InterruptedException {
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
    end.run();
    if (format.usageChunk()) {
      send(out, format.usageChunk(usage()));
    }
    out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void collect(Runnable end) throws IOException, InterruptedException {
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
    end.run();
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
