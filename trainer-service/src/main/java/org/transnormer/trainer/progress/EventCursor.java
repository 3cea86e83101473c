package org.transnormer.trainer.progress;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much of a run somebody has seen; the id of a live event.
 *
 * @param version of the run
 * @param sequence of its newest reported value
 */
public record EventCursor(long version, long sequence) {

  private static final Pattern TEXT = Pattern.compile("v(\\d{1,18})\\.m(\\d{1,18})");

  /** Empty for whatever is no cursor. */
  public static Optional<EventCursor> parse(@Nullable String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text);
    return matcher.matches()
        ? Optional.of(
            new EventCursor(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "v%d.m%d".formatted(version, sequence);
  }
}
