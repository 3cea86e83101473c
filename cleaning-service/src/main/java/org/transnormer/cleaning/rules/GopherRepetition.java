package org.transnormer.cleaning.rules;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.cleaning.rules.Rule.Bound;
import org.transnormer.cleaning.rules.Rule.Family;
import org.transnormer.cleaning.text.DocumentText;
import org.transnormer.cleaning.text.LongCounts;
import org.transnormer.cleaning.text.LongSet;
import org.transnormer.cleaning.text.PrefixHash;

/**
 * Repetition measures of Gopher (Rae et al. 2021, table A1) as datatrove 0.10 computes them ({@code
 * filters/gopher_repetition_filter.py}): a repeat is every occurrence after the first; lengths are
 * code points and are divided by the length of the text; duplicate n-grams are found by a scan that
 * jumps behind a hit, and are compared and counted without the blanks between their words.
 */
final class GopherRepetition implements MeasureFamily {
  private static final int LEAST_TOP = 2;
  private static final double[] TOP = {0.20, 0.18, 0.16};
  private static final int LEAST_DUPLICATED = 5;
  private static final double[] DUPLICATED = {0.15, 0.14, 0.13, 0.12, 0.11, 0.10};

  private final Pieces pieces = new Pieces();
  private final PrefixHash hashes = new PrefixHash();
  private final LongCounts counts = new LongCounts();
  private final LongSet seen = new LongSet();
  private long[] single = {};
  private long[] separated = {};

  @Override
  public List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    rules.add(rule("dup_para_frac", 0.30, "repeated paragraphs / paragraphs"));
    rules.add(rule("dup_para_char_frac", 0.20, "length of repeated paragraphs / length"));
    rules.add(rule("dup_line_frac", 0.30, "repeated lines / lines"));
    rules.add(rule("dup_line_char_frac", 0.20, "length of repeated lines / length"));
    for (int i = 0; i < TOP.length; i++) {
      int n = LEAST_TOP + i;
      rules.add(
          rule(
              "top_" + n + "_gram",
              TOP[i],
              "length of the most frequent " + n + "-gram x its count / length"));
    }
    for (int i = 0; i < DUPLICATED.length; i++) {
      int n = LEAST_DUPLICATED + i;
      rules.add(
          rule(
              "duplicated_" + n + "_n_grams",
              DUPLICATED[i],
              "length of repeated " + n + "-grams / length"));
    }
    return rules;
  }

  private static Rule rule(String name, double limit, String meaning) {
    return new Rule(name, Family.GOPHER_REPETITION, Bound.AT_MOST, limit, meaning);
  }

  @Override
  public void measure(DocumentText text, double[] values, int offset) {
    double length = text.length();
    pieces.paragraphs(text);
    values[offset] = pieces.repeated() / (double) pieces.count();
    values[offset + 1] = pieces.repeatedLength() / length;
    pieces.linesBetweenRuns(text);
    values[offset + 2] = pieces.repeated() / (double) pieces.count();
    values[offset + 3] = pieces.repeatedLength() / length;
    hashes.load(text);
    int at = offset + 4;
    startSeparated(text.words());
    for (int i = 0; i < TOP.length; i++) {
      lengthenSeparated(text.words(), LEAST_TOP + i);
      values[at++] = top(text.words(), LEAST_TOP + i) / length;
    }
    for (int i = 0; i < DUPLICATED.length; i++) {
      values[at++] = duplicated(text.words(), LEAST_DUPLICATED + i) / length;
    }
  }

  /** Of several most frequent n-grams the first in the text counts, as in Python's Counter. */
  private long top(int words, int n) {
    int grams = words - n + 1;
    if (grams <= 0) {
      return 0;
    }
    counts.reset(grams);
    int most = 0;
    for (int word = 0; word < grams; word++) {
      long key = separated[word];
      most = Math.max(most, 1 + counts.add(counts.slot(key), key, word));
    }
    if (most == 1) {
      return hashes.length(0, n) + n - 1L;
    }
    int first = Integer.MAX_VALUE;
    for (int slot = 0; slot < counts.slots(); slot++) {
      if (counts.count(slot) == most) {
        first = Math.min(first, counts.payload(slot));
      }
    }
    return (long) most * (hashes.length(first, n) + n - 1);
  }

  /** Hashes of single words. Unlike joined hashes, their n-grams tell "ab c" from "a bc". */
  private void startSeparated(int words) {
    if (single.length < words) {
      single = new long[words + (words >> 1)];
      separated = new long[single.length];
    }
    for (int word = 0; word < words; word++) {
      single[word] = hashes.joined(word, 1);
      separated[word] = single[word];
    }
  }

  /** Turns the hashes of n - 1 words into those of n. */
  private void lengthenSeparated(int words, int n) {
    for (int word = 0; word + n <= words; word++) {
      separated[word] = PrefixHash.mix(separated[word] * 31 + single[word + n - 1]);
    }
  }

  private long duplicated(int words, int n) {
    seen.reset(Math.max(1, words));
    long length = 0;
    int word = 0;
    while (word + n <= words) {
      if (seen.add(hashes.joined(word, n))) {
        word++;
      } else {
        length += hashes.length(word, n);
        word += n;
      }
    }
    return length;
  }
}
