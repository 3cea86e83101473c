package org.transnormer.cleaning.text;

import java.util.ArrayList;
import java.util.List;

/** What a mail carries besides its author's words. */
final class MailText {
  /** A longer tail behind "-- " is text that happens to have such a line. */
  private static final int LONGEST_SIGNATURE = 15;

  private MailText() {}

  /** Cuts at the last signature separator (RFC 3676, 4.3); many mails lost its blank on the way. */
  static String withoutSignature(String text) {
    int feeds = 0;
    int end = text.length();
    while (end > 0 && feeds <= LONGEST_SIGNATURE) {
      int start = text.lastIndexOf('\n', end - 1) + 1;
      String line = text.substring(start, end);
      if (line.equals("--") || line.equals("-- ")) {
        return text.substring(0, Math.max(0, start - 1));
      }
      feeds++;
      end = start - 1;
    }
    return text;
  }

  /** Drops quoted lines (RFC 3676, 4.5) and the line before them that says who wrote them. */
  static String withoutQuotes(String text) {
    if (!text.startsWith(">") && !text.contains("\n>")) {
      return text;
    }
    List<String> kept = new ArrayList<>();
    boolean quoting = false;
    for (String line : text.split("\n", -1)) {
      boolean quoted = line.startsWith(">");
      if (quoted && !quoting) {
        dropAnnouncement(kept);
      }
      if (!quoted) {
        kept.add(line);
      }
      quoting = quoted;
    }
    return String.join("\n", kept);
  }

  private static void dropAnnouncement(List<String> kept) {
    int last = kept.size() - 1;
    while (last >= 0 && kept.get(last).isBlank()) {
      last--;
    }
    if (last >= 0 && isAnnouncement(kept.get(last).strip())) {
      kept.subList(last, kept.size()).clear();
    }
  }

  private static boolean isAnnouncement(String line) {
    return line.length() <= 200
        && (line.endsWith("wrote:") || line.endsWith("writes:") || line.endsWith("said:"));
  }
}
