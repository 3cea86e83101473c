package org.transnormer.model.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Text to token ids and back, as a Hugging Face {@code tokenizer.json} defines it. Special tokens
 * in the text are recognised; none are added. Safe for use by several threads at once.
 */
public interface Tokenizer {

  /** Unpaired surrogates count as U+FFFD, since UTF-8 has no form for them. */
  int[] encode(String text);

  /** Special tokens are kept; bytes that are no UTF-8 become U+FFFD. */
  String decode(int[] ids);

  /** One more than the largest id. */
  int vocabSize();

  /** The token that ends a document. */
  int eos();

  /** What a token contributes to a text, as bytes; may be a part of a character. */
  byte[] tokenBytes(int id);

  /** SHA-256 of {@link #json}. */
  String sha256();

  /** The {@code tokenizer.json} itself. */
  byte[] json();

  /** For a text that grows token by token. */
  default StreamDecoder streamDecoder() {
    return new StreamDecoder(this);
  }

  /** Writes {@code tokenizer.json}, and beside it what other libraries want to know to load it. */
  default void writeTo(Path folder) throws IOException {
    Files.write(folder.resolve("tokenizer.json"), json());
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("eos_token", new String(tokenBytes(eos()), StandardCharsets.UTF_8));
    config.put("add_bos_token", false);
    config.put("clean_up_tokenization_spaces", false);
    Files.writeString(folder.resolve("tokenizer_config.json"), config.toPrettyString() + "\n");
  }

  /**
   * Any of the forms that {@link TokenizerJson#read} knows.
   *
   * @throws InvalidTokenizerException if the file is no tokenizer, or names no end-of-document
   *     token
   */
  static Tokenizer load(Path file) throws IOException {
    return load(TokenizerJson.read(file));
  }

  /** As {@link #load(Path)}, with the end-of-document token that a model configuration names. */
  static Tokenizer load(Path tokenizerJson, int eos) throws IOException {
    return load(TokenizerJson.read(tokenizerJson), eos);
  }

  /** {@link #load(Path)} of a file in memory. */
  static Tokenizer load(TokenizerJson json) {
    return load(json, json.eos());
  }

  /** {@link #load(Path, int)} of a file in memory. */
  static Tokenizer load(TokenizerJson json, int eos) {
    if (eos < 0 || eos >= json.vocabSize()) {
      throw new InvalidTokenizerException(
          "end-of-document token %d is not in the vocabulary of %d"
              .formatted(eos, json.vocabSize()));
    }
    return ByteLevelBpe.of(json)
        .<Tokenizer>map(bpe -> new ByteLevelTokenizer(json, bpe, eos))
        .orElseGet(() -> {
          NativeTokenizer library = new NativeTokenizer(json, eos);
          boolean unigram =
              json.root().path("model").path("type").asString("").equals("Unigram")
                  && json.root().path("model").has(SentencePieceJson.SETTINGS);
          return unigram ? new UnigramTokenizer(json, library) : library;
        });
  }
}
