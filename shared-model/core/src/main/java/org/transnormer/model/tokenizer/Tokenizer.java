package org.transnormer.model.tokenizer;

import java.io.IOException;
import java.nio.file.Path;

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

  /**
   * @throws InvalidTokenizerException if the file is no tokenizer, or names no end-of-document
   *     token
   */
  static Tokenizer load(Path tokenizerJson) throws IOException {
    return load(TokenizerJson.read(tokenizerJson));
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
        .orElseGet(() -> new NativeTokenizer(json, eos));
  }
}
