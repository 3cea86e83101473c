package org.transnormer.cleaning.text;

import java.util.Arrays;

/**
 * One text, split once for every rule: code points, words, and a hash of each word. Buffers are
 * reused from text to text. Not thread-safe.
 */
public final class DocumentText {
  private final WordScanner scanner = new WordScanner(this::addWord);
  private int[] codePoints = new int[1 << 14];
  private int length;
  private int[] starts = new int[1 << 12];
  private int[] ends = new int[1 << 12];
  private int words;

  /** Takes another text. Everything read from the one before is gone. */
  public DocumentText load(String text) {
    if (codePoints.length < text.length()) {
      codePoints = new int[text.length() + (text.length() >> 2)];
    }
    length = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      codePoints[length++] = c;
      i += Character.charCount(c);
    }
    words = 0;
    scanner.scan(codePoints, length);
    return this;
  }

  private void addWord(int start, int end) {
    if (words == starts.length) {
      starts = Arrays.copyOf(starts, 2 * words);
      ends = Arrays.copyOf(ends, 2 * words);
    }
    starts[words] = start;
    ends[words++] = end;
  }

  /** Number of code points. */
  public int length() {
    return length;
  }

  public int codePoint(int index) {
    return codePoints[index];
  }

  /** The code points; only the first {@link #length} count. Not to be changed. */
  public int[] codePoints() {
    return codePoints;
  }

  /** Number of words, symbols among them. */
  public int words() {
    return words;
  }

  public int wordStart(int word) {
    return starts[word];
  }

  /** Behind the word's last code point. */
  public int wordEnd(int word) {
    return ends[word];
  }

  public String word(int word) {
    return new String(codePoints, starts[word], ends[word] - starts[word]);
  }

  public String text(int start, int end) {
    return new String(codePoints, start, end - start);
  }
}
