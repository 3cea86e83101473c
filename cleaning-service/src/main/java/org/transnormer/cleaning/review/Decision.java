package org.transnormer.cleaning.review;

import java.util.Locale;

/** What a person says of a document near the cut. It overrules the score. */
public enum Decision {
  /** The document is good: it stays. */
  ACCEPT,
  /** The document is bad: it goes. */
  REJECT,
  /** Nobody can tell: the score decides, and the item does not count for the precision. */
  UNSURE;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Decision of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
