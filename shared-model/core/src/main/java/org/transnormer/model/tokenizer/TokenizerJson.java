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
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Hugging Face {@code tokenizer.json}: its bytes, and what they say. */
public final class TokenizerJson {

  /** The end-of-document token of the tokenizers trained here. */
  public static final String EOS = "<|endoftext|>";

  /** What others call it, in the order in which they are looked for. */
  private static final List<String> EOS_NAMES =
      List.of(EOS, "</s>", "<eos>", "<|end_of_text|>", "[EOS]");

  /** Bytes; the largest vocabularies in use, of 260,000 tokens, have 35 MB. */
  private static final long LARGEST_FILE = 1L << 26;

  /** The same of other forms, which have no merges: 4 MB in use. */
  private static final long LARGEST_OTHER_FILE = 1L << 24;

  /** Names, values and brackets in a file; the same vocabularies have three million. */
  private static final int MOST_PARTS = 1 << 22;

  /** Characters of a token; lines of spaces come to 128. Work on one can grow with its square. */
  private static final int LONGEST_TOKEN = 512;

  /** Tokens of a vocabulary, and merges to make them from. */
  static final int MOST_TOKENS = 1 << 20;

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
      requireFewParts(bytes);
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
    String name = file.getFileName().toString();
    boolean sentencePiece = name.endsWith(".model");
    boolean tiktoken = name.endsWith(".tiktoken");
    if (Files.size(file) > (sentencePiece || tiktoken ? LARGEST_OTHER_FILE : LARGEST_FILE)) {
      throw new InvalidTokenizerException(
          "%s has %d bytes, which no tokenizer needs".formatted(name, Files.size(file)));
    }
    byte[] bytes = Files.readAllBytes(file);
    if (sentencePiece) {
      return SentencePieceJson.of(SentencePieceModel.parse(bytes));
    }
    return tiktoken ? Tiktoken.convert(bytes) : new TokenizerJson(bytes);
  }

  /** A tree of the file takes some hundred bytes for each part, brackets without content too. */
  private static void requireFewParts(byte[] bytes) {
    try (JsonParser json = JsonMapper.shared().createParser(bytes)) {
      for (int parts = 0; json.nextToken() != null; parts++) {
        if (parts == MOST_PARTS) {
          throw new InvalidTokenizerException(
              "tokenizer.json has more than %d names and values".formatted(MOST_PARTS));
        }
      }
    }
  }

  static void requireFewMerges(int merges) {
    if (merges > MOST_TOKENS) {
      throw new InvalidTokenizerException(
          "the tokenizer's tokens can be made in more than %d ways".formatted(MOST_TOKENS));
    }
  }

  /**
   * @return the token
   * @throws InvalidTokenizerException for one that is longer than any that is of use
   */
  static String requireShort(String token) {
    if (token.length() > LONGEST_TOKEN) {
      throw new InvalidTokenizerException(
          "the tokenizer has a token of %d characters: '%s...'"
              .formatted(token.length(), token.substring(0, 40)));
    }
    return token;
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
              requireShort(node.required("content").asString()),
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
      vocabulary
          .properties()
          .forEach(entry -> ids.put(requireShort(entry.getKey()), id(entry.getValue())));
    } else if (vocabulary.isArray() && !vocabulary.isEmpty() && vocabulary.size() <= LARGEST_ID) {
      for (JsonNode pair : vocabulary) {
        if (ids.put(requireShort(pair.path(0).asString("")), ids.size()) != null) {
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
      throw new InvalidTokenizerException(
          "tokenizer.json has the token id " + (node.isNumber() ? node : node.getNodeType()));
    }
    return node.intValue();
  }
}
