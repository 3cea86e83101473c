package org.transnormer.inference.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.generate.TokenLogProbability;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.tokenizer.StreamDecoder;
import org.transnormer.model.tokenizer.Tokenizer;

/**
 * One sequence between its slot and its listener. Touched by the engine's thread only, but for
 * cancel.
 */
final class Sequence implements Generation {

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final Tokenizer tokenizer;
  private final int[] prompt;
  private final StreamDecoder decoder;
  private final StopTexts stops;
  private volatile boolean cancelled;
  private @Nullable SequenceState state;
  private int read;
  private int generated;
  private int pending;
  private boolean ended;

  Sequence(GenerationRequest request, GenerationListener listener, Tokenizer tokenizer) {
    this.request = request;
    this.listener = listener;
    this.tokenizer = tokenizer;
    this.prompt = request.prompt();
    this.decoder = tokenizer.streamDecoder();
    this.stops = new StopTexts(request.stop());
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  GenerationRequest request() {
    return request;
  }

  int[] prompt() {
    return prompt;
  }

  int read() {
    return read;
  }

  boolean cancelled() {
    return cancelled;
  }

  boolean ended() {
    return ended;
  }

  boolean hasReadPrompt() {
    return read == prompt.length;
  }

  /** The token that the next decoding step reads. */
  int pending() {
    return pending;
  }

  void take(SequenceState slot) {
    slot.reset();
    state = slot;
    if (request.echo() && !request.scoresPrompt()) {
      for (int token : prompt) {
        emitEcho(token, null, List.of());
      }
    } else if (request.echo()) {
      emitEcho(prompt[0], null, List.of());
    }
  }

  SequenceState state() {
    SequenceState slot = state;
    if (slot == null) {
      throw new IllegalStateException("the sequence has no slot");
    }
    return slot;
  }

  /**
   * Part of the prompt was read.
   *
   * @param every row i holds the logits after prompt token {@code read + i}; only used for scoring
   */
  void readPrompt(int to, Logits every) {
    if (request.scoresPrompt()) {
      for (int i = read; i < Math.min(to, prompt.length - 1); i++) {
        emitEchoScored(prompt[i + 1], every, i - read);
      }
    }
    read = to;
  }

  /** How the next token is chosen. */
  Rule rule() {
    return request.sampling().rule((long) prompt.length + generated);
  }

  /**
   * Chooses the next token from a row of logits and reports it; ends the sequence when it is the
   * last.
   */
  void choose(Logits logits, int row) {
    if (request.maxTokens() == 0) {
      end(FinishReason.LENGTH);
      return;
    }
    accept(Sampler.next(logits, row, rule()), logits, row);
  }

  /** A token that was chosen by {@link #rule()}, where nobody wants to see logits. */
  void accept(int token) {
    accept(token, null, 0);
  }

  private void accept(int token, @Nullable Logits logits, int row) {
    if (token == tokenizer.eos()) {
      end(FinishReason.STOP);
      return;
    }
    generated++;
    pending = token;
    String text = stops.release(decoder.next(token));
    boolean last = generated == request.maxTokens();
    if (last && !stops.found()) {
      text += stops.release(decoder.finish()) + stops.rest();
    }
    report(token, text, logits, row);
    if (stops.found()) {
      end(FinishReason.STOP);
    } else if (last) {
      end(FinishReason.LENGTH);
    }
  }

  void end(FinishReason reason) {
    ended = true;
    if (reason == FinishReason.STOP && !stops.found()) {
      String rest = stops.release(decoder.finish()) + stops.rest();
      if (!rest.isEmpty()) {
        listener.token(new GeneratedToken(tokenizer.eos(), rest, null, List.of()));
      }
    }
    listener.end(reason, new Usage(prompt.length, generated));
  }

  void fail(Throwable cause) {
    ended = true;
    listener.failed(cause);
  }

  private void report(int token, String text, @Nullable Logits logits, int row) {
    if (logits != null && request.wantsLogProbabilities()) {
      listener.token(
          new GeneratedToken(
              token, text, Sampler.logProbability(logits, row, token), alternatives(logits, row)));
    } else if (!text.isEmpty()) {
      listener.token(new GeneratedToken(token, text, null, List.of()));
    }
  }

  private void emitEchoScored(int token, Logits logits, int row) {
    emitEcho(token, Sampler.logProbability(logits, row, token), alternatives(logits, row));
  }

  private void emitEcho(
      int token, @Nullable Double logProbability, List<TokenLogProbability> alternatives) {
    listener.token(new GeneratedToken(token, decoder.next(token), logProbability, alternatives));
  }

  private List<TokenLogProbability> alternatives(Logits logits, int row) {
    int n = request.logProbabilities();
    return n == 0 ? List.of() : Sampler.topLogProbabilities(logits, row, n);
  }
}
