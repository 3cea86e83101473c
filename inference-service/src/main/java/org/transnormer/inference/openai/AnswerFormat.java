package org.transnormer.inference.openai;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.inference.generation.FinishReason;
import org.transnormer.inference.generation.GeneratedToken;
import org.transnormer.inference.generation.Usage;
import org.transnormer.model.generate.TokenLogProbability;
import org.transnormer.model.tokenizer.Tokenizer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers and chunks in OpenAI's JSON.
 *
 * @param id of the answer, the same in each of its chunks
 * @param created seconds since the epoch
 */
public record AnswerFormat(
    String id, long created, String model, boolean chat, boolean usageChunk, Tokenizer tokenizer) {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A piece of a stream: text of one choice. */
  public ObjectNode chunk(int index, GeneratedToken token, int textOffset) {
    ObjectNode choice = choice(index, null);
    if (chat) {
      choice.putObject("delta").put("content", token.text());
    } else {
      choice.put("text", token.text());
    }
    choice.set("logprobs", logProbabilities(List.of(token), new int[] {textOffset}));
    return envelope(true, choice);
  }

  /** The first piece of a conversation's stream: whose turn it is. */
  public ObjectNode roleChunk(int index) {
    ObjectNode choice = choice(index, null);
    choice.putObject("delta").put("role", "assistant").put("content", "");
    choice.putNull("logprobs");
    return envelope(true, choice);
  }

  public ObjectNode endChunk(int index, FinishReason reason) {
    ObjectNode choice = choice(index, reason);
    if (chat) {
      choice.putObject("delta");
    } else {
      choice.put("text", "");
    }
    choice.putNull("logprobs");
    return envelope(true, choice);
  }

  public ObjectNode usageChunk(Usage usage) {
    ObjectNode chunk = envelope(true, null);
    chunk.set("usage", usage(usage));
    return chunk;
  }

  public ObjectNode answer(List<Choice> choices, Usage usage) {
    ObjectNode answer = envelope(false, null);
    ArrayNode array = answer.putArray("choices");
    for (int i = 0; i < choices.size(); i++) {
      array.add(whole(i, choices.get(i)));
    }
    answer.set("usage", usage(usage));
    return answer;
  }

  /** A finished choice of an answer that is not streamed. */
  public record Choice(List<GeneratedToken> tokens, FinishReason reason) {
    String text() {
      StringBuilder text = new StringBuilder();
      tokens.forEach(token -> text.append(token.text()));
      return text.toString();
    }
  }

  private ObjectNode whole(int index, Choice done) {
    ObjectNode choice = choice(index, done.reason());
    if (chat) {
      choice.putObject("message").put("role", "assistant").put("content", done.text());
    } else {
      choice.put("text", done.text());
    }
    int[] offsets = new int[done.tokens().size()];
    int offset = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = offset;
      offset += done.tokens().get(i).text().length();
    }
    choice.set("logprobs", logProbabilities(done.tokens(), offsets));
    return choice;
  }

  private static ObjectNode choice(int index, @Nullable FinishReason reason) {
    ObjectNode choice = JSON.objectNode().put("index", index);
    if (reason == null) {
      choice.putNull("finish_reason");
    } else {
      choice.put(
          "finish_reason",
          switch (reason) {
            case STOP, CANCELLED -> "stop";
            case LENGTH -> "length";
          });
    }
    return choice;
  }

  private ObjectNode envelope(boolean chunk, @Nullable ObjectNode choice) {
    ObjectNode node =
        JSON.objectNode()
            .put("id", id)
            .put(
                "object",
                chat ? (chunk ? "chat.completion.chunk" : "chat.completion") : "text_completion")
            .put("created", created)
            .put("model", model);
    if (chunk) {
      ArrayNode choices = node.putArray("choices");
      if (choice != null) {
        choices.add(choice);
      }
      if (usageChunk) {
        node.putNull("usage");
      }
    }
    return node;
  }

  private static ObjectNode usage(Usage usage) {
    return JSON.objectNode()
        .put("prompt_tokens", usage.promptTokens())
        .put("completion_tokens", usage.completionTokens())
        .put("total_tokens", usage.promptTokens() + usage.completionTokens());
  }

  private @Nullable ObjectNode logProbabilities(List<GeneratedToken> tokens, int[] offsets) {
    if (tokens.stream().allMatch(token -> token.logProbability() == null)) {
      return null;
    }
    return chat ? chatLogProbabilities(tokens) : completionLogProbabilities(tokens, offsets);
  }

  private ObjectNode completionLogProbabilities(List<GeneratedToken> tokens, int[] offsets) {
    ObjectNode node = JSON.objectNode();
    ArrayNode texts = node.putArray("tokens");
    ArrayNode values = node.putArray("token_logprobs");
    ArrayNode tops = node.putArray("top_logprobs");
    ArrayNode textOffsets = node.putArray("text_offset");
    for (int i = 0; i < tokens.size(); i++) {
      GeneratedToken token = tokens.get(i);
      texts.add(text(token.id()));
      values.add(token.logProbability());
      if (token.alternatives().isEmpty()) {
        tops.addNull();
      } else {
        ObjectNode top = tops.addObject();
        for (TokenLogProbability each : token.alternatives()) {
          top.put(text(each.token()), each.logProbability());
        }
      }
      textOffsets.add(offsets[i]);
    }
    return node;
  }

  private ObjectNode chatLogProbabilities(List<GeneratedToken> tokens) {
    ObjectNode node = JSON.objectNode();
    ArrayNode content = node.putArray("content");
    for (GeneratedToken token : tokens) {
      Double value = token.logProbability();
      if (value == null) {
        continue;
      }
      ObjectNode entry = content.addObject();
      describe(entry, token.id(), value);
      ArrayNode tops = entry.putArray("top_logprobs");
      for (TokenLogProbability each : token.alternatives()) {
        describe(tops.addObject(), each.token(), each.logProbability());
      }
    }
    return node;
  }

  private void describe(ObjectNode node, int token, double logProbability) {
    node.put("token", text(token)).put("logprob", logProbability);
    ArrayNode bytes = node.putArray("bytes");
    for (byte each : tokenizer.tokenBytes(token)) {
      bytes.add(each & 0xff);
    }
  }

  /** A token's own bytes as text; a part of a character shows as the replacement character. */
  private String text(int token) {
    return new String(tokenizer.tokenBytes(token), StandardCharsets.UTF_8);
  }
}
