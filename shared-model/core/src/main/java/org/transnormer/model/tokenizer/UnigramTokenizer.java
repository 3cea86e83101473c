package org.transnormer.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A unigram model of SentencePiece, encoded as SentencePiece does: the most probable way to cut a
 * text, its score summed in floats from the left, so that equally good ways are told apart by the
 * same rounding (unigram_model.cc, EncodeOptimized). The library sums in double and then decides
 * otherwise, for example where "000" may be "0" and "00" in either order.
 */
final class UnigramTokenizer implements Tokenizer {

  /** How much worse than the worst piece a character without a piece is. */
  private static final float UNKNOWN_PENALTY = 10;

  private static final Pattern TRAILING = Pattern.compile("[ \u2581]+\\z");
  private static final Pattern TRAILING_UNESCAPED = Pattern.compile(" +\\z");
  private static final Pattern LEADING = Pattern.compile("\\A +");
  private static final Pattern SEVERAL = Pattern.compile(" {2,}");

  private record Piece(int id, float score) {}

  private final NativeTokenizer library;
  private final @Nullable CharacterMap characters;
  private final boolean dummyPrefix;
  private final boolean removeExtraSpaces;
  private final boolean escapeSpaces;
  private final Map<String, Piece> pieces = new HashMap<>();
  private final int longestPiece;
  private final float unknownScore;
  private final int unknown;
  private final boolean byteFallback;
  private final int[] idOfByte = new int[256];
  private final @Nullable Pattern added;
  private final Map<String, Integer> addedIds = new HashMap<>();

  UnigramTokenizer(TokenizerJson json, NativeTokenizer library) {
    JsonNode model = json.root().path("model");
    JsonNode settings = model.path(SentencePieceJson.SETTINGS);
    this.library = library;
    this.characters = library.characters();
    this.dummyPrefix = settings.path("dummy_prefix").asBoolean(false);
    this.removeExtraSpaces = settings.path("remove_extra_spaces").asBoolean(false);
    this.escapeSpaces = settings.path("escape_spaces").asBoolean(false);
    this.unknown = model.path("unk_id").asInt(0);
    this.byteFallback = model.path("byte_fallback").asBoolean(false);
    json.added().forEach(token -> addedIds.put(token.content(), token.id()));
    this.added =
        addedIds.isEmpty()
            ? null
            : Pattern.compile(
                addedIds.keySet().stream()
                    .sorted((a, b) -> b.length() - a.length())
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|")));
    float lowest = 0;
    int longest = 0;
    JsonNode findable = settings.path("findable");
    for (int id = 0; id < model.path("vocab").size(); id++) {
      JsonNode pair = model.path("vocab").path(id);
      String text = pair.path(0).asString("");
      float score = pair.path(1).floatValue();
      if (findable.path(id).asBoolean(false)) {
        pieces.put(text, new Piece(id, score));
        longest = Math.max(longest, text.length());
        lowest = Math.min(lowest, score);
      } else if (byteFallback && text.matches("<0x[0-9A-F]{2}>")) {
        idOfByte[Integer.parseInt(text.substring(3, 5), 16)] = id;
      }
    }
    this.longestPiece = longest;
    this.unknownScore = lowest - UNKNOWN_PENALTY;
  }

  @Override
  public int[] encode(String given) {
    String text = Utf8.wellFormed(given);
    IntList out = new IntList();
    int from = 0;
    if (added != null) {
      Matcher matcher = added.matcher(text);
      while (matcher.find()) {
        encodePlain(text.substring(from, matcher.start()), out);
        out.add(addedIds.getOrDefault(matcher.group(), unknown));
        from = matcher.end();
      }
    }
    encodePlain(text.substring(from), out);
    return out.toArray();
  }

  private String normalised(String given) {
    String text = characters == null ? given : characters.replace(given);
    if (removeExtraSpaces) {
      Pattern trailing = escapeSpaces ? TRAILING : TRAILING_UNESCAPED;
      text = trailing.matcher(text).replaceFirst("");
      text = SEVERAL.matcher(LEADING.matcher(text).replaceFirst("")).replaceAll(" ");
    }
    if (dummyPrefix && !text.isEmpty()) {
      text = " " + text;
    }
    return escapeSpaces ? text.replace(' ', '\u2581') : text;
  }

  private void encodePlain(String given, IntList out) {
    String text = normalised(given);
    int[] startOf = new int[text.length() + 1];
    int[] idOf = new int[text.length() + 1];
    float[] score = new float[text.length() + 1];
    Arrays.fill(startOf, -1);
    for (int start = 0; start < text.length(); ) {
      int next = text.offsetByCodePoints(start, 1);
      boolean single = false;
      int limit = Math.min(text.length(), start + longestPiece);
      for (int end = next; end <= limit; end++) {
        Piece piece = pieces.get(text.substring(start, end));
        if (piece != null) {
          offer(startOf, idOf, score, start, end, piece.id, piece.score + score[start]);
          single |= end == next;
        }
      }
      if (!single) {
        offer(startOf, idOf, score, start, next, unknown, unknownScore + score[start]);
      }
      start = next;
    }
    emit(text, startOf, idOf, out);
  }

  private static void offer(
      int[] startOf, int[] idOf, float[] score, int start, int end, int id, float candidate) {
    if (startOf[end] < 0 || candidate > score[end]) {
      startOf[end] = start;
      idOf[end] = id;
      score[end] = candidate;
    }
  }

  private void emit(String text, int[] startOf, int[] idOf, IntList out) {
    int[] ends = new int[text.length()];
    int count = 0;
    for (int end = text.length(); end > 0; end = startOf[end]) {
      ends[count++] = end;
    }
    boolean afterUnknown = false;
    for (int i = count - 1; i >= 0; i--) {
      int id = idOf[ends[i]];
      if (id != unknown) {
        out.add(id);
      } else if (byteFallback) {
        String part = text.substring(startOf[ends[i]], ends[i]);
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
          out.add(idOfByte[Byte.toUnsignedInt(b)]);
        }
      } else if (!afterUnknown) {
        out.add(unknown);
      }
      afterUnknown = id == unknown;
    }
  }

  @Override
  public String decode(int[] ids) {
    return library.decode(ids);
  }

  @Override
  public int vocabSize() {
    return library.vocabSize();
  }

  @Override
  public int eos() {
    return library.eos();
  }

  @Override
  public byte[] tokenBytes(int id) {
    return library.tokenBytes(id);
  }

  @Override
  public String sha256() {
    return library.sha256();
  }

  @Override
  public byte[] json() {
    return library.json();
  }
}
