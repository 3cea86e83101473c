package org.transnormer.inference.generation;

import java.util.List;

/** Holds back text that may turn out to be the beginning of a stop text. */
final class StopTexts {

  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean found;

  StopTexts(List<String> stops) {
    this.stops = stops;
  }

  /** What may be released now that {@code text} follows; after a stop text nothing is. */
  String release(String text) {
    if (found) {
      return "";
    }
    if (stops.isEmpty()) {
      return text;
    }
    held.append(text);
    int end = firstStop();
    if (end >= 0) {
      found = true;
      return take(end);
    }
    return take(held.length() - longestBeginning());
  }

  /** What was held back, when no more text comes. */
  String rest() {
    return found ? "" : take(held.length());
  }

  boolean found() {
    return found;
  }

  private String take(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  private int firstStop() {
    return stops.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
  }

  /** Length of the longest end of the held text that some stop text begins with. */
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }
}
