package org.transnormer.cleaning.text;

import java.util.Locale;

/** A step that changes text. Steps run in the order given here, before anything is measured. */
public enum TextStep {
  /** CR LF, CR, NEL, U+2028 and U+2029 become LF; VT and FF become LF. */
  LINE_ENDS,
  /** Drops C0 and C1 controls but tab and LF, the byte order mark, and non-characters. */
  CONTROL_CHARACTERS,
  /** Drops soft hyphens, zero-width spaces and direction marks, which split words unseen. */
  INVISIBLE_CHARACTERS,
  /** Canonical composition (UAX #15). */
  UNICODE_NFC,
  /** Cuts a mail's signature from the "-- " line on (RFC 3676, 4.3). */
  MAIL_SIGNATURE,
  /** Drops quoted lines (RFC 3676, 4.5) with the line that announces them. */
  MAIL_QUOTES,
  /** Drops lines of three symbols or more and nothing else: rulers, underlines, ASCII frames. */
  SEPARATOR_LINES,
  /** One blank between words, no blanks at a line's ends, at most one empty line in a row. */
  WHITESPACE;

  /** As a recipe spells it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
