package org.transnormer.inference.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.transnormer.inference.generation.GenerationRequest;
import org.transnormer.model.generate.Sampling;
import org.transnormer.model.tokenizer.Tokenizer;
import tools.jackson.databind.JsonNode;

/**
 * A request for continuations, of either endpoint, understood.
 *
 * @param chat whether it came as a conversation
 * @param model name of the deployment
 * @param prompts each a text or token ids
 * @param n continuations of each prompt
 */
public record Completion(
    boolean chat,
    String model,
    List<Prompt> prompts,
    int n,
    int maxTokens,
    double temperature,
    double topP,
    int topK,
    long seed,
    List<String> stop,
    int logProbabilities,
    boolean echo,
    boolean stream,
    boolean includeUsage) {

  /** Most tokens that one continuation may be asked for. */
  static final int MOST_TOKENS = 1_000_000;

  private static final int DEFAULT_TOKENS = 16;
  private static final int DEFAULT_CHAT_TOKENS = 512;
  private static final int MOST_CHOICES = 128;
  private static final int MOST_ALTERNATIVES = 20;
  private static final double HOTTEST = 2;

  private static final Set<String> SHARED =
      Set.of(
          "model",
          "max_tokens",
          "temperature",
          "top_p",
          "top_k",
          "n",
          "stream",
          "stream_options",
          "stop",
          "seed",
          "logprobs",
          "user",
          "presence_penalty",
          "frequency_penalty",
          "logit_bias",
          "metadata",
          "store");

  /** What is to be continued. */
  public sealed interface Prompt {
    record Text(String text) implements Prompt {}

    record Tokens(int[] ids) implements Prompt {}
  }

  /** Reads the body of {@code POST /v1/completions}. */
  public static Completion parseCompletion(JsonNode body, long freshSeed) {
    RequestFields fields = fields(body, Set.of("prompt", "echo", "best_of", "suffix"));
    fields.neutral("best_of", 1);
    fields.neutral("suffix", null);
    return new Completion(
        false,
        fields.text("model"),
        prompts(fields.node("prompt")),
        fields.integer("n", 1, 1, MOST_CHOICES),
        fields.integer("max_tokens", DEFAULT_TOKENS, 0, MOST_TOKENS),
        fields.number("temperature", 1, 0, HOTTEST),
        fields.number("top_p", 1, Double.MIN_NORMAL, 1),
        fields.integer("top_k", 0, -1, Integer.MAX_VALUE),
        fields.longInteger("seed", freshSeed, Long.MIN_VALUE, Long.MAX_VALUE),
        fields.stops(),
        fields.integer("logprobs", GenerationRequest.NO_LOG_PROBABILITIES, 0, MOST_ALTERNATIVES),
        fields.flag("echo"),
        fields.flag("stream"),
        fields.includesUsage());
  }

  /** Reads the body of {@code POST /v1/chat/completions}. */
  public static Completion parseChat(JsonNode body, long freshSeed) {
    RequestFields fields =
        fields(
            body, Set.of("messages", "max_completion_tokens", "top_logprobs", "response_format"));
    fields.neutral("response_format", null);
    boolean logprobs = fields.flag("logprobs");
    int alternatives = fields.integer("top_logprobs", 0, 0, MOST_ALTERNATIVES);
    if (fields.has("top_logprobs") && !logprobs) {
      throw OpenAiException.invalid(
          "top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true");
    }
    return new Completion(
        true,
        fields.text("model"),
        List.of(new Prompt.Text(Conversation.parse(fields.node("messages")).prompt())),
        fields.integer("n", 1, 1, MOST_CHOICES),
        fields.has("max_completion_tokens")
            ? fields.integer("max_completion_tokens", 0, 1, MOST_TOKENS)
            : fields.integer("max_tokens", DEFAULT_CHAT_TOKENS, 1, MOST_TOKENS),
        fields.number("temperature", 1, 0, HOTTEST),
        fields.number("top_p", 1, Double.MIN_NORMAL, 1),
        fields.integer("top_k", 0, -1, Integer.MAX_VALUE),
        fields.longInteger("seed", freshSeed, Long.MIN_VALUE, Long.MAX_VALUE),
        chatStops(fields.stops()),
        logprobs ? alternatives : GenerationRequest.NO_LOG_PROBABILITIES,
        false,
        fields.flag("stream"),
        fields.includesUsage());
  }

  private static RequestFields fields(JsonNode body, Set<String> own) {
    Set<String> known = new java.util.HashSet<>(SHARED);
    known.addAll(own);
    RequestFields fields = new RequestFields(body, known);
    fields.neutral("presence_penalty", 0);
    fields.neutral("frequency_penalty", 0);
    fields.neutral("logit_bias", null);
    return fields;
  }

  private static List<String> chatStops(List<String> asked) {
    List<String> stops = new ArrayList<>(asked);
    stops.add("\n" + Conversation.HUMAN);
    return stops;
  }

  private static List<Prompt> prompts(JsonNode node) {
    if (node.isString()) {
      return List.of(new Prompt.Text(node.asString()));
    }
    if (!node.isArray() || node.isEmpty()) {
      throw badPrompt();
    }
    if (node.get(0).isIntegralNumber()) {
      return List.of(tokens(node));
    }
    List<Prompt> prompts = new ArrayList<>();
    for (JsonNode each : node) {
      prompts.add(each.isString() ? new Prompt.Text(each.asString()) : tokens(each));
    }
    if (prompts.size() > MOST_CHOICES) {
      throw OpenAiException.invalid(
          "prompt", "at most %d prompts fit into one request".formatted(MOST_CHOICES));
    }
    return prompts;
  }

  private static Prompt tokens(JsonNode node) {
    if (!node.isArray() || node.isEmpty()) {
      throw badPrompt();
    }
    int[] ids = new int[node.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!node.get(i).isIntegralNumber() || !node.get(i).canConvertToInt()) {
        throw badPrompt();
      }
      ids[i] = node.get(i).asInt();
    }
    return new Prompt.Tokens(ids);
  }

  private static OpenAiException badPrompt() {
    return OpenAiException.invalid(
        "prompt",
        "'prompt' must be a string, an array of strings, an array of token ids, or an array of such"
            + " arrays, and not empty");
  }

  /**
   * The sequences of this request: n for each prompt, prompts in order. Choice i is drawn with seed
   * + i, so that a seeded request gives the same choices again.
   */
  public List<GenerationRequest> sequences(Tokenizer tokenizer) {
    List<GenerationRequest> sequences = new ArrayList<>();
    for (Prompt prompt : prompts) {
      int[] ids =
          switch (prompt) {
            case Prompt.Text(String text) -> encode(tokenizer, text);
            case Prompt.Tokens(int[] given) -> checked(tokenizer, given);
          };
      for (int i = 0; i < n; i++) {
        sequences.add(
            new GenerationRequest(
                ids,
                new Sampling(temperature, topP, Math.max(topK, 0), seed + sequences.size()),
                maxTokens,
                stop,
                logProbabilities,
                echo));
      }
    }
    return sequences;
  }

  /** An empty text begins as every training document does: after an end-of-text token. */
  private static int[] encode(Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encode(text);
    return ids.length == 0 ? new int[] {tokenizer.eos()} : ids;
  }

  private static int[] checked(Tokenizer tokenizer, int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= tokenizer.vocabSize()) {
        throw OpenAiException.invalid(
            "prompt",
            "token id %d is not in the vocabulary of %d".formatted(id, tokenizer.vocabSize()));
      }
    }
    return ids;
  }
}
