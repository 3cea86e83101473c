package org.transnormer.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes a text that grows token by token and hands out whole characters only: bytes that begin a
 * character wait for the rest of it. Bytes that can be no part of a character become U+FFFD at
 * once, those that still wait at the end become U+FFFD then.
 */
public final class StreamDecoder {

  private final Tokenizer tokenizer;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer waiting = ByteBuffer.allocate(64).flip();

  StreamDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The characters that this token completes; often none. */
  public String next(int token) {
    return decode(tokenizer.tokenBytes(token), false);
  }

  /** What still waits; the decoder starts afresh after that. */
  public String finish() {
    String rest = decode(new byte[0], true);
    decoder.reset();
    return rest;
  }

  private String decode(byte[] more, boolean end) {
    ByteBuffer bytes = ByteBuffer.allocate(waiting.remaining() + more.length);
    bytes.put(waiting).put(more).flip();
    CharBuffer characters = CharBuffer.allocate(bytes.remaining() + 1);
    decoder.decode(bytes, characters, end);
    if (end) {
      decoder.flush(characters);
    }
    waiting = bytes.slice();
    return characters.flip().toString();
  }
}
