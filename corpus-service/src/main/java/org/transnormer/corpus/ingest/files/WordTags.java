package org.transnormer.corpus.ingest.files;

import java.util.Arrays;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Takes part-of-speech tags off and puts the words back into prose: {@code The/at jury/nn said/vbd
 * ./.} becomes {@code The jury said.}
 *
 * <p>The format is form C of the Brown corpus (Francis and Kucera, Manual of Information, 1979):
 * one sentence a line, a blank line between paragraphs, double quotes as {@code ``} and {@code ''},
 * and some closing marks written twice ({@code ?/. ?/.}).
 */
final class WordTags {
  private static final Set<String> WITHOUT_SPACE_BEFORE = Set.of(",", ".", ";", ":", "?", "!", ")");
  private static final Set<String> WRITTEN_TWICE = Set.of(";", "?", "!", ":");

  private WordTags() {}

  static boolean present(String text) {
    return text.lines().map(String::strip).anyMatch(WordTags::firstWordTagged);
  }

  private static boolean firstWordTagged(String line) {
    int end = 0;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
      end++;
    }
    int slash = line.lastIndexOf('/', end - 1);
    return slash > 0 && slash < end - 1;
  }

  static String strip(String text) {
    StringJoiner paragraphs = new StringJoiner("\n\n");
    StringJoiner sentences = new StringJoiner(" ");
    for (String line : (Iterable<String>) text.lines()::iterator) {
      boolean heading = isHeading(line);
      if ((line.isBlank() || heading) && sentences.length() > 0) {
        paragraphs.add(sentences.toString());
        sentences = new StringJoiner(" ");
      }
      if (heading) {
        paragraphs.add(sentence(line.strip()));
      } else if (!line.isBlank()) {
        sentences.add(sentence(line.strip()));
      }
    }
    if (sentences.length() > 0) {
      paragraphs.add(sentences.toString());
    }
    return paragraphs.toString();
  }

  /** The tag of every word of a heading ends with -hl. */
  private static boolean isHeading(String line) {
    return !line.isBlank()
        && Arrays.stream(line.strip().split("\\s+")).allMatch(tagged -> tagged.endsWith("-hl"));
  }

  private static String sentence(String line) {
    StringBuilder out = new StringBuilder(line.length());
    boolean glue = true;
    boolean insideSingleQuotes = false;
    String previous = "";
    for (String tagged : line.split("\\s+")) {
      if (tagged.equals(previous) && WRITTEN_TWICE.contains(word(tagged))) {
        previous = "";
        continue;
      }
      previous = tagged;
      String word = word(tagged);
      boolean closes =
          WITHOUT_SPACE_BEFORE.contains(word)
              || word.equals("''")
              || (word.equals("'") && insideSingleQuotes);
      if (word.equals(".") && out.length() > 0 && out.charAt(out.length() - 1) == '.') {
        continue; // the point of an abbreviation ends the sentence as well
      }
      boolean opens =
          word.equals("``") || word.equals("(") || (word.equals("'") && !insideSingleQuotes);
      insideSingleQuotes ^= word.equals("'");
      if (!glue && !closes) {
        out.append(' ');
      }
      out.append(word.equals("``") || word.equals("''") ? "\"" : word);
      glue = opens;
    }
    return out.toString();
  }

  /** A word may hold slashes itself (and/or/cc): the tag follows the last one. */
  private static String word(String tagged) {
    int slash = tagged.lastIndexOf('/');
    return slash > 0 ? tagged.substring(0, slash) : tagged;
  }
}
