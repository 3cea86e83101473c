package org.transnormer.model.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Hugging Face {@code tokenizer.json}: its bytes, and what they say. */
public final class TokenizerJson {

  /** The end-of-document token of the tokenizers trained here. */
  public static final String EOS = "<|endoftext|>";

  /** What others call it, in the order in which they are looked for. */
  private static final List<String> EOS_NAMES =
      List.of(EOS, "</s>", "<eos>", "<|end_of_text|>", "[EOS]");

  /** A vocabulary of a million tokens has about 50 MB. */
  private static final long LARGEST_FILE = 1L << 28;

  /** Ids above it come from a broken file and would only ask for memory. */
  private static final int LARGEST_ID = 1 << 24;

  /** A token that is looked for in the text before anything else. */
  record AddedToken(
      int id,
      String content,
      boolean special,
      boolean singleWord,
      boolean leftStrip,
      boolean rightStrip,
      boolean normalized) {}

  private final byte[] bytes;
  private final JsonNode root;
  private final String[] tokens;
  private final List<AddedToken> added;

  private TokenizerJson(byte[] bytes) {
    this.bytes = bytes;
    try {
      this.root = JsonMapper.shared().readTree(bytes);
      this.added = added(root);
      this.tokens = tokens(root, added);
    } catch (JacksonException e) {
      throw new InvalidTokenizerException(
          "tokenizer.json cannot be read: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * @throws InvalidTokenizerException if the bytes are no tokenizer.json
   */
  public static TokenizerJson of(byte[] bytes) {
    return new TokenizerJson(bytes.clone());
  }

  /**
   * A {@code tokenizer.json}, or what a SentencePiece {@code tokenizer.model} or a {@code
   * *.tiktoken} file comes to as one.
   *
   * @throws InvalidTokenizerException if the file is none of them
   */
  public static TokenizerJson read(Path file) throws IOException {
    if (Files.size(file) > LARGEST_FILE) {
      throw new InvalidTokenizerException(
          "%s has %d bytes, which no tokenizer needs"
              .formatted(file.getFileName(), Files.size(file)));
    }
    byte[] bytes = Files.readAllBytes(file);
    String name = file.getFileName().toString();
    if (name.endsWith(".model")) {
      return SentencePieceJson.of(SentencePieceModel.parse(bytes));
    }
    return name.endsWith(".tiktoken") ? Tiktoken.convert(bytes) : new TokenizerJson(bytes);
  }

  /** The file of a model folder that defines its tokenizer, in whichever form it comes. */
  public static Optional<Path> in(Path folder) throws IOException {
    for (String name : List.of("tokenizer.json", "tokenizer.model")) {
      if (Files.exists(folder.resolve(name))) {
        return Optional.of(folder.resolve(name));
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".tiktoken")).sorted().findFirst();
    }
  }

  public void write(Path file) throws IOException {
    Files.write(file, bytes);
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One more than the largest id. */
  public int vocabSize() {
    return tokens.length;
  }

  JsonNode root() {
    return root;
  }

  List<AddedToken> added() {
    return added;
  }

  /** The token as the file spells it; empty for an id that the file leaves out. */
  Optional<String> token(int id) {
    return Optional.ofNullable(tokens[id]);
  }

  /** The end-of-document token, by its name. */
  int eos() {
    for (String name : EOS_NAMES) {
      for (AddedToken token : added) {
        if (token.special() && token.content().equals(name)) {
          return token.id();
        }
      }
    }
    throw new InvalidTokenizerException(
        "tokenizer.json has no special token that ends a document, none of " + EOS_NAMES);
  }

  private static List<AddedToken> added(JsonNode root) {
    List<AddedToken> added = new ArrayList<>();
    for (JsonNode node : root.path("added_tokens")) {
      added.add(
          new AddedToken(
              id(node.path("id")),
              node.required("content").asString(),
              node.path("special").asBoolean(false),
              node.path("single_word").asBoolean(false),
              node.path("lstrip").asBoolean(false),
              node.path("rstrip").asBoolean(false),
              node.path("normalized").asBoolean(false)));
    }
    return added;
  }

  private static String[] tokens(JsonNode root, List<AddedToken> added) {
    Map<String, Integer> ids = ids(root.path("model").path("vocab"));
    int largest = -1;
    for (int id : ids.values()) {
      largest = Math.max(largest, id);
    }
    for (AddedToken token : added) {
      largest = Math.max(largest, token.id());
    }
    String[] tokens = new String[largest + 1];
    ids.forEach((token, id) -> {
      if (tokens[id] != null) {
        throw new InvalidTokenizerException("tokenizer.json gives id %d twice".formatted(id));
      }
      tokens[id] = token;
    });
    for (AddedToken token : added) {
      tokens[token.id()] = token.content();
    }
    return tokens;
  }

  /** By token, or as a unigram model has it: pairs of token and score, by id. */
  private static Map<String, Integer> ids(JsonNode vocabulary) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    if (vocabulary.isObject()) {
      vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), id(entry.getValue())));
    } else if (vocabulary.isArray() && !vocabulary.isEmpty() && vocabulary.size() <= LARGEST_ID) {
      for (JsonNode pair : vocabulary) {
        if (ids.put(pair.path(0).asString(""), ids.size()) != null) {
          throw new InvalidTokenizerException("tokenizer.json has a token twice: " + pair.path(0));
        }
      }
    } else {
      throw new InvalidTokenizerException("tokenizer.json has no model.vocab by token");
    }
    return ids;
  }

  private static int id(JsonNode node) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < 0
        || node.intValue() > LARGEST_ID) {
      throw new InvalidTokenizerException("tokenizer.json has the token id " + node);
    }
    return node.intValue();
  }
}
