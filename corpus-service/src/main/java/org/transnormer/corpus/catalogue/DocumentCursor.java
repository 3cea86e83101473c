package org.transnormer.corpus.catalogue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place between two documents of a corpus.
 *
 * @param shard digest of the shard to go on in, or of the first one after it
 * @param ordinal first document wanted of that shard
 */
public record DocumentCursor(String shard, long ordinal) {
  private static final Pattern FORM = Pattern.compile("([0-9a-f]{64})\\.([0-9]{1,9})");

  /** Opaque to callers. */
  public String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((shard + "." + ordinal).getBytes(StandardCharsets.US_ASCII));
  }

  public static Optional<DocumentCursor> parse(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      Matcher matcher = FORM.matcher(new String(bytes, StandardCharsets.US_ASCII));
      return matcher.matches()
          ? Optional.of(new DocumentCursor(matcher.group(1), Long.parseLong(matcher.group(2))))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
