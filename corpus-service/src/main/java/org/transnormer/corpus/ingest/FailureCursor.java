package org.transnormer.corpus.ingest;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place between two failures.
 *
 * @param partition whose failures come next
 * @param line how many of them were seen
 */
public record FailureCursor(String partition, long line) {
  private static final Pattern FORM = Pattern.compile("([a-z0-9-]{1,40})\\.([0-9]{1,12})");

  public String text() {
    return partition + "." + line;
  }

  public static Optional<FailureCursor> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(new FailureCursor(matcher.group(1), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }
}
