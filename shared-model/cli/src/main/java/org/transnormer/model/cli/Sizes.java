package org.transnormer.model.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.transnormer.model.config.NamedSizes;
import org.transnormer.model.lm.TrainingShape;

/** Sizes as people name them. */
final class Sizes {

  private static final Pattern SHAPE = Pattern.compile("([1-9][0-9]{0,8})[xX]([1-9][0-9]{0,8})");

  private Sizes() {}

  /**
   * {@code tnl1-7b}, or {@code 7b} where one generation is meant: the first, if it has that size.
   */
  static NamedSizes.Entry named(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    for (String candidate : List.of(wanted, "tnl1-" + wanted, "tnl3-" + wanted)) {
      var found = NamedSizes.named(candidate);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalArgumentException(
        "no published size '%s'; there are %s"
            .formatted(name, String.join(", ", NamedSizes.all().keySet())));
  }

  /** Sequences and their length, {@code 8x512}. */
  static TrainingShape shape(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no number of sequences and their length, such as 8x512".formatted(text));
    }
    return TrainingShape.of(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** A number of bytes with or without kB, MB, GB or TB, powers of 1000. */
  static long bytes(String text) {
    String plain = text.strip().toUpperCase(Locale.ROOT).replaceFirst("B$", "");
    int power = plain.isEmpty() ? 0 : "KMGT".indexOf(plain.charAt(plain.length() - 1)) + 1;
    String number = power == 0 ? plain : plain.substring(0, plain.length() - 1);
    try {
      double bytes = Double.parseDouble(number) * Math.pow(1000, power);
      if (bytes >= 1 && bytes < Long.MAX_VALUE) {
        return (long) bytes;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is no size, such as 500MB".formatted(text), e);
    }
    throw new IllegalArgumentException("'%s' is no size, such as 500MB".formatted(text));
  }
}
