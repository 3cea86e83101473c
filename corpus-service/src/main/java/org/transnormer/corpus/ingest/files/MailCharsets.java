package org.transnormer.corpus.ingest.files;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.sources.InvalidText;

/**
 * Mail often declares no character encoding, an invented one, or us-ascii for what is not. Such
 * text is read as UTF-8 if it is that, else as windows-1252, as mail programs do; only text that
 * breaks a multi-byte encoding which it declares itself is invalid.
 */
final class MailCharsets {
  private static final Charset WINDOWS = Charset.forName("windows-1252");

  private MailCharsets() {}

  static String decode(byte[] bytes, @Nullable String declared, InvalidText invalid)
      throws MailText.RefusedMail {
    Optional<Charset> named = named(declared).filter(charset -> !isAscii(charset));
    for (Charset charset : named.map(List::of).orElse(List.of(StandardCharsets.UTF_8, WINDOWS))) {
      try {
        return Texts.decode(bytes, bytes.length, charset, InvalidText.FAIL);
      } catch (CharacterCodingException e) {
        // the next one, or one of the ways below
      }
    }
    return last(bytes, named.orElse(WINDOWS), invalid);
  }

  private static String last(byte[] bytes, Charset charset, InvalidText invalid)
      throws MailText.RefusedMail {
    boolean multiByte = charset.newEncoder().maxBytesPerChar() > 1;
    if (multiByte && invalid == InvalidText.FAIL) {
      throw new MailText.RefusedMail(Reason.INVALID_ENCODING, "a part is not " + charset);
    }
    try {
      return Texts.decode(bytes, bytes.length, charset, InvalidText.REPLACE);
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("a replacing decoder does not fail", e);
    }
  }

  private static boolean isAscii(Charset charset) {
    return charset.equals(StandardCharsets.US_ASCII);
  }

  private static Optional<Charset> named(@Nullable String declared) {
    try {
      return declared == null ? Optional.empty() : Optional.of(Charset.forName(declared.strip()));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return Optional.empty();
    }
  }
}
