package org.transnormer.cleaning.rules;

import static org.transnormer.cleaning.text.CharacterClass.TERMINAL;
import static org.transnormer.cleaning.text.CharacterClass.is;

import java.util.List;
import org.transnormer.cleaning.rules.Rule.Bound;
import org.transnormer.cleaning.rules.Rule.Family;
import org.transnormer.cleaning.text.DocumentText;

/**
 * Line measures of FineWeb (Penedo et al. 2024, 3.6) as datatrove 0.10 computes them ({@code
 * filters/fineweb_quality_filter.py}). Lines end at line feeds only and are not stripped, so a line
 * that ends in a blank never ends in punctuation. Made for web pages, where a line is a paragraph.
 */
final class FineWebQuality implements MeasureFamily {
  private static final int SHORT_LINE = 30;

  private final Pieces lines = new Pieces();

  @Override
  public List<Rule> rules() {
    return List.of(
        rule("line_punct_ratio", Bound.AT_LEAST, 0.12, "lines that end in punctuation"),
        rule("short_line_ratio", Bound.AT_MOST, 0.67, "lines of 30 code points or fewer"),
        rule("char_dup_ratio", Bound.AT_MOST, 0.01, "length of repeated lines / length"),
        rule("list_ratio", Bound.AT_MOST, 0.3, "line feeds / words"));
  }

  private static Rule rule(String name, Bound bound, double limit, String meaning) {
    return new Rule(name, Family.FINEWEB, bound, limit, meaning);
  }

  @Override
  public void measure(DocumentText text, double[] values, int offset) {
    lines.nonBlankLines(text);
    long ended = 0;
    long shorts = 0;
    for (int line = 0; line < lines.count(); line++) {
      int end = lines.end(line);
      ended += is(text.codePoint(end - 1), TERMINAL) ? 1 : 0;
      shorts += end - lines.start(line) <= SHORT_LINE ? 1 : 0;
    }
    long feeds = 0;
    for (int i = 0; i < text.length(); i++) {
      feeds += text.codePoint(i) == '\n' ? 1 : 0;
    }
    double count = lines.count();
    values[offset] = ended / count;
    values[offset + 1] = shorts / count;
    values[offset + 2] = lines.repeatedLength() / (double) (text.length() - feeds);
    values[offset + 3] = feeds / (double) text.words();
  }
}
