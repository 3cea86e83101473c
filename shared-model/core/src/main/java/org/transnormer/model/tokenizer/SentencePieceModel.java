package org.transnormer.model.tokenizer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a SentencePiece {@code tokenizer.model} says: a protocol buffer whose fields are those of
 * sentencepiece_model.proto of https://github.com/google/sentencepiece.
 *
 * @param pieces by id
 * @param normalization how a text is changed before it is cut
 */
record SentencePieceModel(
    List<Piece> pieces, Algorithm algorithm, boolean byteFallback, Normalization normalization) {

  /** What a piece is for; the numbers of the file, from 1 on. */
  enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /** How texts are cut; the numbers of the file, from 1 on. */
  enum Algorithm {
    UNIGRAM,
    BPE,
    WORD,
    CHAR
  }

  /**
   * @param score log probability in a unigram model, minus the order of merging in BPE
   */
  record Piece(String text, float score, Kind kind) {}

  /**
   * @param characters compiled map of replaced characters; empty for none
   * @param dummyPrefix whether a space is put before a text
   * @param removeExtraSpaces at both ends, and where several follow each other
   * @param escapeSpaces whether spaces become U+2581
   */
  record Normalization(
      ByteBuffer characters,
      boolean dummyPrefix,
      boolean removeExtraSpaces,
      boolean escapeSpaces) {}

  SentencePieceModel {
    pieces = List.copyOf(pieces);
  }

  /**
   * @throws InvalidTokenizerException if the bytes are no SentencePiece model
   */
  static SentencePieceModel parse(byte[] bytes) {
    List<Piece> pieces = new ArrayList<>();
    Trainer trainer = new Trainer();
    Normalization normalization = normalization(ByteBuffer.allocate(0));
    ProtoFields model = new ProtoFields(ByteBuffer.wrap(bytes));
    while (model.next()) {
      requireFew(pieces);
      switch (model.number()) {
        case 1 -> pieces.add(piece(model.bytes()));
        case 2 -> trainer.read(model.bytes());
        case 3 -> normalization = normalization(model.bytes());
        default -> model.skip();
      }
    }
    requireDistinct(pieces);
    if (trainer.spacesAreSuffixes) {
      throw new InvalidTokenizerException(
          "tokenizer.model has spaces at the end of its pieces, which is not supported");
    }
    return new SentencePieceModel(pieces, trainer.algorithm, trainer.byteFallback, normalization);
  }

  private static void requireFew(List<Piece> pieces) {
    if (pieces.size() > TokenizerJson.MOST_TOKENS) {
      throw new InvalidTokenizerException(
          "tokenizer.model has more than %d pieces".formatted(TokenizerJson.MOST_TOKENS));
    }
  }

  private static void requireDistinct(List<Piece> pieces) {
    if (pieces.isEmpty()) {
      throw new InvalidTokenizerException(
          "tokenizer.model has no pieces, so it is no SentencePiece model");
    }
    Set<String> texts = new HashSet<>();
    for (Piece piece : pieces) {
      if (piece.text().isEmpty() || !texts.add(piece.text())) {
        throw new InvalidTokenizerException(
            "tokenizer.model has the piece '%s' twice, or empty".formatted(piece.text()));
      }
    }
  }

  private static Piece piece(ByteBuffer message) {
    String text = "";
    float score = 0;
    Kind kind = Kind.NORMAL;
    ProtoFields fields = new ProtoFields(message);
    while (fields.next()) {
      switch (fields.number()) {
        case 1 -> text = TokenizerJson.requireShort(fields.text());
        case 2 -> score = fields.floating();
        case 3 -> kind = constant(Kind.values(), fields.integer(), "type of piece");
        default -> fields.skip();
      }
    }
    if (!Float.isFinite(score)) {
      throw new InvalidTokenizerException(
          "tokenizer.model gives the piece '%s' the score %s".formatted(text, score));
    }
    return new Piece(text, score, kind);
  }

  private static <E> E constant(E[] constants, int number, String what) {
    if (number < 1 || number > constants.length) {
      throw new InvalidTokenizerException("tokenizer.model has %d as a %s".formatted(number, what));
    }
    return constants[number - 1];
  }

  /** The fields of the trainer's specification that say how to encode. */
  private static final class Trainer {
    private Algorithm algorithm = Algorithm.UNIGRAM;
    private boolean byteFallback;
    private boolean spacesAreSuffixes;

    void read(ByteBuffer message) {
      ProtoFields fields = new ProtoFields(message);
      while (fields.next()) {
        switch (fields.number()) {
          case 3 -> algorithm = constant(Algorithm.values(), fields.integer(), "model type");
          case 24 -> spacesAreSuffixes = fields.flag();
          case 35 -> byteFallback = fields.flag();
          default -> fields.skip();
        }
      }
    }
  }

  private static Normalization normalization(ByteBuffer message) {
    ByteBuffer characters = ByteBuffer.allocate(0);
    boolean dummyPrefix = true;
    boolean removeExtraSpaces = true;
    boolean escapeSpaces = true;
    ProtoFields fields = new ProtoFields(message);
    while (fields.next()) {
      switch (fields.number()) {
        case 2 -> characters = fields.bytes();
        case 3 -> dummyPrefix = fields.flag();
        case 4 -> removeExtraSpaces = fields.flag();
        case 5 -> escapeSpaces = fields.flag();
        default -> fields.skip();
      }
    }
    return new Normalization(characters, dummyPrefix, removeExtraSpaces, escapeSpaces);
  }

  List<Piece> of(Kind kind) {
    return pieces.stream().filter(piece -> piece.kind() == kind).toList();
  }

  /** As the file's documentation calls it. */
  String algorithmName() {
    return algorithm.name().toLowerCase(Locale.ROOT);
  }
}
