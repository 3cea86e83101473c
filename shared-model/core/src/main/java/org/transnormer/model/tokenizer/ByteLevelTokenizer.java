package org.transnormer.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Byte-level BPE in Java; see {@link ByteLevelBpe} for which tokenizers. */
final class ByteLevelTokenizer implements Tokenizer {

  /** Pieces of a language repeat; this many slots hold nearly all that do. */
  private static final int CACHE_SLOTS = 1 << 16;

  private static final int LONGEST_CACHED = 64;

  private record CachedPiece(byte[] bytes, int[] ids) {}

  private record Special(byte[] bytes, int id) {}

  private final TokenizerJson json;
  private final ByteLevelBpe bpe;
  private final int eos;

  /** By first byte; within one, the longest first. */
  private final List<List<Special>> specials;

  /** A slot keeps the piece that came last; readers see whole entries, since these are final. */
  private final AtomicReferenceArray<CachedPiece> cache = new AtomicReferenceArray<>(CACHE_SLOTS);

  ByteLevelTokenizer(TokenizerJson json, ByteLevelBpe bpe, int eos) {
    this.json = json;
    this.bpe = bpe;
    this.eos = eos;
    Special[] all =
        json.added().stream()
            .map(token -> new Special(token.content().getBytes(StandardCharsets.UTF_8), token.id()))
            .sorted(Comparator.comparing((Special s) -> s.bytes().length).reversed())
            .toArray(Special[]::new);
    this.specials =
        IntStream.range(0, 128)
            .mapToObj(first -> Arrays.stream(all).filter(s -> s.bytes()[0] == first).toList())
            .toList();
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = Utf8.bytes(text);
    IntList out = new IntList();
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      Special special = specialAt(bytes, at);
      if (special != null) {
        encodePlain(bytes, from, at, out);
        out.add(special.id());
        from = at + special.bytes().length;
        at = from - 1;
      }
    }
    encodePlain(bytes, from, bytes.length, out);
    return out.toArray();
  }

  private @Nullable Special specialAt(byte[] bytes, int at) {
    if (bytes[at] < 0) {
      return null;
    }
    for (Special special : specials.get(bytes[at])) {
      int end = at + special.bytes().length;
      if (end <= bytes.length
          && Arrays.equals(bytes, at, end, special.bytes(), 0, special.bytes().length)) {
        return special;
      }
    }
    return null;
  }

  private void encodePlain(byte[] bytes, int from, int to, IntList out) {
    Gpt2Pieces pieces = new Gpt2Pieces(bytes, to);
    for (int at = from; at < to; ) {
      int end = pieces.endOfPiece(at);
      encodePiece(bytes, at, end, out);
      at = end;
    }
  }

  private void encodePiece(byte[] bytes, int from, int to, IntList out) {
    if (to - from > LONGEST_CACHED) {
      bpe.encode(bytes, from, to, out);
      return;
    }
    int slot = slot(bytes, from, to);
    CachedPiece cached = cache.getPlain(slot);
    if (cached != null
        && Arrays.equals(bytes, from, to, cached.bytes(), 0, cached.bytes().length)) {
      out.addAll(cached.ids());
      return;
    }
    int before = out.size();
    bpe.encode(bytes, from, to, out);
    cache.setPlain(slot, new CachedPiece(Arrays.copyOfRange(bytes, from, to), out.toArray(before)));
  }

  private static int slot(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    hash *= 0x9E3779B9;
    return (hash ^ hash >>> 16) & CACHE_SLOTS - 1;
  }

  @Override
  public String decode(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(tokenBytes(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
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
    return bpe.bytes(id);
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
