package org.transnormer.model.tokenizer;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Any {@code tokenizer.json}, through the native library that defines the format. */
final class NativeTokenizer implements Tokenizer {

  private static final Cleaner CLEANER = Cleaner.create();
  private static final Pattern BYTE_TOKEN = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  /**
   * Set beside the compiled map of characters in files that were made from SentencePiece models: it
   * is to be read as SentencePiece does. Others ignore it.
   */
  static final String EXACT = "exact";

  private static final char METASPACE = '\u2581';

  private final TokenizerJson json;
  private final int eos;
  private final boolean byteLevel;
  private final boolean byteFallback;
  private final boolean metaspace;
  private final @Nullable CharacterMap characters;
  private final long handle;

  NativeTokenizer(TokenizerJson json, int eos) {
    this.json = json;
    this.eos = eos;
    JsonNode decoder = json.root().path("decoder");
    this.byteLevel = uses(decoder, "ByteLevel");
    this.byteFallback = uses(decoder, "ByteFallback");
    this.metaspace = uses(decoder, "Metaspace") || decoder.toString().indexOf(METASPACE) >= 0;
    JsonNode root = json.root();
    this.characters = characters(root);
    try {
      String text =
          characters == null
              ? new String(json.bytes(), StandardCharsets.UTF_8)
              : withoutCharacters(root).toString();
      this.handle = NativeLibrary.TOKENIZERS.createTokenizerFromString(text);
    } catch (RuntimeException e) {
      throw new InvalidTokenizerException("tokenizer.json is refused: " + e.getMessage(), e);
    }
    CLEANER.register(this, new Release(handle));
  }

  private record Release(long handle) implements Runnable {
    @Override
    public void run() {
      NativeLibrary.TOKENIZERS.deleteTokenizer(handle);
    }
  }

  /** Where it is read here and not by the library. */
  @Nullable CharacterMap characters() {
    return characters;
  }

  private static @Nullable CharacterMap characters(JsonNode root) {
    JsonNode step = root.path("normalizer").path("normalizers").path(0);
    return uses(step, "Precompiled") && step.path(EXACT).asBoolean(false)
        ? new CharacterMap(
            Base64.getDecoder().decode(step.path("precompiled_charsmap").asString("")))
        : null;
  }

  private static JsonNode withoutCharacters(JsonNode root) {
    JsonNode copy = root.deepCopy();
    ((ArrayNode) copy.path("normalizer").path("normalizers")).remove(0);
    return copy;
  }

  private static boolean uses(JsonNode decoder, String type) {
    if (decoder.path("type").asString("").equals(type)) {
      return true;
    }
    for (JsonNode part : decoder.path("decoders")) {
      if (uses(part, type)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int[] encode(String text) {
    try {
      String given = Utf8.wellFormed(text);
      String plain = characters == null ? given : characters.replace(given);
      long encoding = NativeLibrary.TOKENIZERS.encode(handle, plain, false);
      try {
        long[] ids = NativeLibrary.TOKENIZERS.getTokenIds(encoding);
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
          tokens[i] = (int) ids[i];
        }
        return tokens;
      } finally {
        NativeLibrary.TOKENIZERS.deleteEncoding(encoding);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public String decode(int[] ids) {
    long[] tokens = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = ids[i];
    }
    try {
      return NativeLibrary.TOKENIZERS.decode(handle, tokens, false);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public int vocabSize() {
    return json.vocabSize();
  }

  @Override
  public int eos() {
    return eos;
  }

  @Override
  public byte[] tokenBytes(int id) {
    String token = json.token(id).orElse("");
    if (json.added().stream().anyMatch(added -> added.id() == id)) {
      return token.getBytes(StandardCharsets.UTF_8);
    }
    if (byteLevel) {
      byte[] bytes = ByteAlphabet.bytes(token);
      if (bytes != null) {
        return bytes;
      }
    }
    Matcher matcher = BYTE_TOKEN.matcher(token);
    if (byteFallback && matcher.matches()) {
      return new byte[] {(byte) Integer.parseInt(matcher.group(1), 16)};
    }
    return (metaspace ? token.replace(METASPACE, ' ') : token).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String sha256() {
    return json.sha256();
  }

  @Override
  public byte[] json() {
    return json.bytes();
  }
}
