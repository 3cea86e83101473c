package org.transnormer.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.model.tokenizer.SentencePieceModel.Kind;
import org.transnormer.model.tokenizer.SentencePieceModel.Normalization;
import org.transnormer.model.tokenizer.SentencePieceModel.Piece;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A SentencePiece model as a {@code tokenizer.json} with the same ids for every text. Control
 * pieces such as {@code </s>} become special tokens, so that, unlike in SentencePiece, they are
 * recognised when a text spells them.
 *
 * <p>What the format of the library cannot express is refused by name: pieces that SentencePiece
 * cuts out of a text before it puts its leading space there, BPE pieces of characters that are no
 * pieces themselves, and pieces that are merged but may not be used.
 */
final class SentencePieceJson {

  /** In the model of a unigram tokenizer, beside what the library reads there. */
  static final String SETTINGS = "sentencepiece";

  private static final String SPACE = "\u2581";

  private final SentencePieceModel model;
  private final Map<String, Integer> ids = new HashMap<>();

  private SentencePieceJson(SentencePieceModel model) {
    this.model = model;
    for (int id = 0; id < model.pieces().size(); id++) {
      ids.put(model.pieces().get(id).text(), id);
    }
  }

  /**
   * @throws InvalidTokenizerException for a model that cannot be expressed
   */
  static TokenizerJson of(SentencePieceModel model) {
    return new SentencePieceJson(model).convert();
  }

  private TokenizerJson convert() {
    if (model.normalization().dummyPrefix() && model.pieces().stream().anyMatch(this::cutOut)) {
      throw new InvalidTokenizerException(
          "tokenizer.model has user-defined pieces and a leading space, which together cannot be"
              + " expressed: "
              + model.of(Kind.USER_DEFINED).getFirst().text());
    }
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    addedTokens(root.putArray("added_tokens"));
    normalizer(root, model.normalization());
    root.putNull("pre_tokenizer");
    root.putNull("post_processor");
    decoder(root.putObject("decoder"));
    switch (model.algorithm()) {
      case UNIGRAM -> unigram(root.putObject("model"));
      case BPE -> bpe(root.putObject("model"));
      case WORD, CHAR ->
          throw new InvalidTokenizerException(
              "tokenizer.model is a %s model; BPE and unigram models can be read"
                  .formatted(model.algorithmName()));
    }
    return TokenizerJson.of(root.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void addedTokens(ArrayNode added) {
    for (Piece piece : model.pieces()) {
      if (piece.kind() == Kind.CONTROL || cutOut(piece)) {
        ObjectNode token = added.addObject();
        token.put("id", ids.get(piece.text()));
        token.put("content", piece.text());
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("normalized", false);
        token.put("special", piece.kind() == Kind.CONTROL);
      }
    }
  }

  /** Whether a text is cut at this piece; one that is spelled with spaces is never found again. */
  private boolean cutOut(Piece piece) {
    return piece.kind() == Kind.USER_DEFINED
        && !(model.normalization().escapeSpaces() && piece.text().contains(" "));
  }

  /** Normalizer::Normalize of sentencepiece's normalizer.cc, step by step. */
  private static void normalizer(ObjectNode root, Normalization n) {
    ObjectNode normalizer = root.putObject("normalizer").put("type", "Sequence");
    ArrayNode steps = normalizer.putArray("normalizers");
    if (n.characters().hasRemaining()) {
      ByteBuffer map = Base64.getEncoder().encode(n.characters().duplicate());
      steps
          .addObject()
          .put("type", "Precompiled")
          .put("precompiled_charsmap", StandardCharsets.US_ASCII.decode(map).toString())
          .put(NativeTokenizer.EXACT, true);
    }
    if (n.removeExtraSpaces()) {
      // Spaces that were escaped already go at the end too, but not elsewhere.
      replace(steps, "Regex", n.escapeSpaces() ? "[ \u2581]+\\z" : " +\\z", "");
      replace(steps, "Regex", "\\A +", "");
      replace(steps, "Regex", " {2,}", " ");
    }
    if (n.dummyPrefix()) {
      steps.addObject().put("type", "Prepend").put("prepend", n.escapeSpaces() ? SPACE : " ");
    }
    if (n.escapeSpaces()) {
      replace(steps, "String", " ", SPACE);
    }
    if (steps.isEmpty()) {
      root.putNull("normalizer");
    }
  }

  private static void replace(ArrayNode steps, String kind, String pattern, String content) {
    ObjectNode step = steps.addObject().put("type", "Replace");
    step.putObject("pattern").put(kind, pattern);
    step.put("content", content);
  }

  private void decoder(ObjectNode decoder) {
    ArrayNode steps = decoder.put("type", "Sequence").putArray("decoders");
    if (model.normalization().escapeSpaces()) {
      replace(steps, "String", SPACE, " ");
    }
    if (model.byteFallback()) {
      steps.addObject().put("type", "ByteFallback");
    }
    steps.addObject().put("type", "Fuse");
    if (model.normalization().dummyPrefix()) {
      steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
  }

  private String unknown() {
    List<Piece> unknown = model.of(Kind.UNKNOWN);
    if (unknown.size() != 1) {
      throw new InvalidTokenizerException(
          "tokenizer.model has %d pieces for what is unknown".formatted(unknown.size()));
    }
    return unknown.getFirst().text();
  }

  private void unigram(ObjectNode json) {
    float lowest = 0;
    for (Piece piece : model.of(Kind.NORMAL)) {
      lowest = Math.min(lowest, piece.score());
    }
    json.put("type", "Unigram");
    json.put("unk_id", ids.get(unknown()));
    ObjectNode settings = json.putObject(SETTINGS);
    settings.put("dummy_prefix", model.normalization().dummyPrefix());
    settings.put("remove_extra_spaces", model.normalization().removeExtraSpaces());
    settings.put("escape_spaces", model.normalization().escapeSpaces());
    ArrayNode findable = settings.putArray("findable");
    ArrayNode vocabulary = json.putArray("vocab");
    for (Piece piece : model.pieces()) {
      // SentencePiece finds the others in no text; in the library they lose against what fits.
      boolean found = piece.kind() == Kind.NORMAL;
      findable.add(found);
      vocabulary.addArray().add(piece.text()).add((double) (found ? piece.score() : lowest));
    }
    json.put("byte_fallback", model.byteFallback());
  }

  /** A pair of pieces, by their ids, that become one. */
  private record Merge(int left, int right, float score) {}

  private void bpe(ObjectNode json) {
    json.put("type", "BPE");
    json.putNull("dropout");
    json.put("unk_token", unknown());
    json.putNull("continuing_subword_prefix");
    json.putNull("end_of_word_suffix");
    json.put("fuse_unk", true);
    json.put("byte_fallback", model.byteFallback());
    json.put("ignore_merges", false);
    ObjectNode vocabulary = json.putObject("vocab");
    for (int id = 0; id < model.pieces().size(); id++) {
      vocabulary.put(model.pieces().get(id).text(), id);
    }
    ArrayNode list = json.putArray("merges");
    merges().forEach(merge -> list.addArray().add(text(merge.left)).add(text(merge.right)));
  }

  /**
   * All ways in which a piece can come about, the best piece first: SentencePiece merges whichever
   * neighbours make the piece of the highest score, and knows no list of pairs.
   */
  private List<Merge> merges() {
    List<Merge> merges = new ArrayList<>();
    for (Piece piece : model.pieces()) {
      if (piece.kind() == Kind.NORMAL || piece.kind() == Kind.UNUSED) {
        merges(piece, merges);
        TokenizerJson.requireFewMerges(merges.size());
      }
    }
    merges.sort(
        Comparator.comparing(Merge::score, Comparator.reverseOrder())
            .thenComparing(Merge::left)
            .thenComparing(Merge::right));
    return merges;
  }

  private void merges(Piece piece, List<Merge> merges) {
    String text = piece.text();
    int before = merges.size();
    for (int at = text.offsetByCodePoints(0, 1);
        at < text.length();
        at = text.offsetByCodePoints(at, 1)) {
      String left = text.substring(0, at);
      String right = text.substring(at);
      if (mergeable(left) && mergeable(right)) {
        merges.add(new Merge(id(left), id(right), piece.score()));
      } else if (onlyCharacters(left) && onlyCharacters(right)) {
        throw new InvalidTokenizerException(
            "tokenizer.model merges '%s' and '%s', of which one is no piece"
                .formatted(left, right));
      }
    }
    if (piece.kind() == Kind.UNUSED && merges.size() > before) {
      throw new InvalidTokenizerException(
          "tokenizer.model merges the piece '%s' and may not use it".formatted(text));
    }
  }

  private boolean mergeable(String text) {
    return ids.containsKey(text) && model.pieces().get(id(text)).kind() == Kind.NORMAL;
  }

  private String text(int id) {
    return model.pieces().get(id).text();
  }

  private int id(String text) {
    return ids.getOrDefault(text, -1);
  }

  /** Whether a symbol of this text can stand in a text: a single character always can. */
  private boolean onlyCharacters(String text) {
    return mergeable(text) || text.codePointCount(0, text.length()) == 1;
  }
}
