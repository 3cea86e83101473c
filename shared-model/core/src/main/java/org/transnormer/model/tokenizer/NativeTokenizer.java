package org.transnormer.model.tokenizer;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Any {@code tokenizer.json}, through the native library that defines the format. */
final class NativeTokenizer implements Tokenizer {

  private static final Cleaner CLEANER = Cleaner.create();
  private static final Pattern BYTE_TOKEN = Pattern.compile("<0x([0-9A-Fa-f]{2})>");
  private static final char METASPACE = '\u2581';

  private final TokenizerJson json;
  private final int eos;
  private final boolean byteLevel;
  private final boolean byteFallback;
  private final boolean metaspace;
  private final long handle;

  NativeTokenizer(TokenizerJson json, int eos) {
    this.json = json;
    this.eos = eos;
    JsonNode decoder = json.root().path("decoder");
    this.byteLevel = uses(decoder, "ByteLevel");
    this.byteFallback = uses(decoder, "ByteFallback");
    this.metaspace = uses(decoder, "Metaspace") || decoder.toString().indexOf(METASPACE) >= 0;
    try {
      String text = new String(json.bytes(), StandardCharsets.UTF_8);
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
      long encoding = NativeLibrary.TOKENIZERS.encode(handle, Utf8.wellFormed(text), false);
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
