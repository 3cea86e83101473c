package org.transnormer.inference.openai;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Messages, laid out as the prompt that TransNormerLLM's fine-tuning recipe trains on: each turn
 * under {@code Human:} or {@code Assistant:} on a line of its own.
 */
record Conversation(List<Message> messages) {

  static final String HUMAN = "Human:\n";

  private static final String ASSISTANT = "Assistant:\n";
  private static final int MOST_MESSAGES = 10_000;

  record Message(String role, String content) {}

  static Conversation parse(JsonNode node) {
    if (!node.isArray() || node.isEmpty() || node.size() > MOST_MESSAGES) {
      throw OpenAiException.invalid("messages", "'messages' must be an array of messages");
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode each : node) {
      messages.add(new Message(each.path("role").asString(""), content(each.path("content"))));
    }
    return new Conversation(messages);
  }

  String prompt() {
    StringBuilder text = new StringBuilder();
    for (Message message : messages) {
      switch (message.role()) {
        case "system", "developer" -> text.append(message.content()).append("\n\n");
        case "user" -> text.append(HUMAN).append(message.content()).append('\n');
        case "assistant" -> text.append(ASSISTANT).append(message.content()).append('\n');
        default ->
            throw OpenAiException.invalid(
                "messages",
                "role '%s' is not one of system, developer, user, assistant"
                    .formatted(message.role()));
      }
    }
    return text.append(ASSISTANT).toString();
  }

  private static String content(JsonNode content) {
    if (content.isString()) {
      return content.asString();
    }
    if (content.isArray()) {
      StringBuilder text = new StringBuilder();
      for (JsonNode part : content) {
        if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
          throw OpenAiException.invalid("messages", "only text parts of a message are supported");
        }
        text.append(part.path("text").asString());
      }
      return text.toString();
    }
    throw OpenAiException.invalid("messages", "a message's 'content' must be a text");
  }
}
