package org.transnormer.cleaning.rules;

import static org.transnormer.cleaning.text.CharacterClass.LINE_END;
import static org.transnormer.cleaning.text.CharacterClass.SPACE;
import static org.transnormer.cleaning.text.CharacterClass.is;

import java.util.Arrays;
import org.transnormer.cleaning.text.DocumentText;
import org.transnormer.cleaning.text.LongSet;
import org.transnormer.cleaning.text.PrefixHash;

/**
 * A text cut into paragraphs or lines. The tools of the field cut in four ways, and the rules
 * depend on which. Buffers are reused; not thread-safe.
 */
final class Pieces {
  private int[] starts = new int[256];
  private int[] ends = new int[256];
  private int count;
  private long repeatedLength;
  private int repeated;
  private final LongSet seen = new LongSet();

  int count() {
    return count;
  }

  int start(int piece) {
    return starts[piece];
  }

  int end(int piece) {
    return ends[piece];
  }

  /** Pieces that occurred before. */
  int repeated() {
    return repeated;
  }

  /** Code points of the pieces that occurred before. */
  long repeatedLength() {
    return repeatedLength;
  }

  /** Two line feeds or more separate paragraphs; the text's ends are stripped first. */
  void paragraphs(DocumentText text) {
    int[] codePoints = text.codePoints();
    int from = 0;
    int to = text.length();
    while (from < to && is(codePoints[from], SPACE)) {
      from++;
    }
    while (to > from && is(codePoints[to - 1], SPACE)) {
      to--;
    }
    splitRuns(codePoints, from, to, 2);
    countRepeats(codePoints);
  }

  /** One line feed or more separates lines, so none inside is empty; the ends are not stripped. */
  void linesBetweenRuns(DocumentText text) {
    splitRuns(text.codePoints(), 0, text.length(), 1);
    countRepeats(text.codePoints());
  }

  private void splitRuns(int[] codePoints, int from, int to, int least) {
    count = 0;
    int start = from;
    int at = from;
    while (at < to) {
      if (codePoints[at] != '\n') {
        at++;
        continue;
      }
      int run = at;
      while (at < to && codePoints[at] == '\n') {
        at++;
      }
      if (at - run >= least) {
        add(start, run);
        start = at;
      }
    }
    add(start, to);
  }

  /** Lines between line feeds that hold more than white space. */
  void nonBlankLines(DocumentText text) {
    count = 0;
    int[] codePoints = text.codePoints();
    int start = 0;
    boolean blank = true;
    for (int at = 0; at <= text.length(); at++) {
      if (at < text.length() && codePoints[at] != '\n') {
        blank &= is(codePoints[at], SPACE);
        continue;
      }
      if (!blank) {
        add(start, at);
      }
      start = at + 1;
      blank = true;
    }
    countRepeats(codePoints);
  }

  /** As Python's {@code str.splitlines}: a last line end begins no line. */
  void splitLines(DocumentText text) {
    count = 0;
    int[] codePoints = text.codePoints();
    int start = 0;
    for (int at = 0; at < text.length(); at++) {
      if (!is(codePoints[at], LINE_END)) {
        continue;
      }
      add(start, at);
      if (codePoints[at] == '\r' && at + 1 < text.length() && codePoints[at + 1] == '\n') {
        at++;
      }
      start = at + 1;
    }
    if (start < text.length()) {
      add(start, text.length());
    }
  }

  private void countRepeats(int[] codePoints) {
    seen.reset(Math.max(1, count));
    repeated = 0;
    repeatedLength = 0;
    for (int piece = 0; piece < count; piece++) {
      long hash = ends[piece] - starts[piece];
      for (int i = starts[piece]; i < ends[piece]; i++) {
        hash = hash * 0x9E3779B97F4A7C15L + codePoints[i] + 1;
        hash ^= hash >>> 29;
      }
      if (!seen.add(PrefixHash.mix(hash))) {
        repeated++;
        repeatedLength += ends[piece] - starts[piece];
      }
    }
  }

  private void add(int start, int end) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    starts[count] = start;
    ends[count++] = end;
  }
}
