package org.transnormer.standalone.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * One line of progress for one stage: redrawn in place on a terminal, printed now and then in a
 * log.
 */
final class ProgressLine {

  private static final int BAR = 24;
  private static final Duration LOG_EVERY = Duration.ofSeconds(15);

  private final PrintStream out;
  private final boolean terminal;
  private final InstantSource clock;
  private final String stage;
  private final Instant began;
  private Instant lastLogged;
  private int widest;

  ProgressLine(PrintStream out, boolean terminal, InstantSource clock, String stage) {
    this.out = out;
    this.terminal = terminal;
    this.clock = clock;
    this.stage = stage;
    this.began = clock.instant();
    this.lastLogged = began;
  }

  /**
   * @param share of the stage that is done, in [0, 1]; negative when unknown
   * @param note figures of the moment, such as a rate
   */
  void update(double share, String note) {
    if (terminal) {
      draw(bar(share) + percent(share) + "  " + note);
    } else if (Duration.between(lastLogged, clock.instant()).compareTo(LOG_EVERY) >= 0) {
      lastLogged = clock.instant();
      out.printf("  %-22s %s  %s%n", stage, percent(share).strip(), note);
    }
  }

  void done(String note) {
    String line = "%6.1f s  %s".formatted(seconds(), note);
    if (terminal) {
      draw("✔ " + line);
      out.println();
    } else {
      out.printf("✔ %-22s %s%n", stage, line);
    }
    out.flush();
  }

  void failed(String reason) {
    if (terminal) {
      out.println();
    }
    out.printf("✘ %-22s %s%n", stage, reason);
    out.flush();
  }

  double seconds() {
    return Duration.between(began, clock.instant()).toMillis() / 1000.0;
  }

  private void draw(String text) {
    String line = "  %-22s %s".formatted(stage, text);
    String shown = line.length() > 150 ? line.substring(0, 150) : line;
    widest = Math.max(widest, shown.length());
    out.print("\r" + shown + " ".repeat(widest - shown.length()));
    out.flush();
  }

  private static String bar(double share) {
    int full = (int) Math.round(Math.clamp(share, 0, 1) * BAR);
    return "█".repeat(full) + "░".repeat(BAR - full);
  }

  private static String percent(double share) {
    return share < 0 ? "    " : " %3.0f%%".formatted(100 * Math.min(share, 1));
  }
}
