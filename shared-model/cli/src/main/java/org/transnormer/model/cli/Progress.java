package org.transnormer.model.cli;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * How far a piece of work has come: a bar that redraws itself on a terminal, otherwise a plain line
 * now and then. Goes to standard error, so that results can be piped.
 */
final class Progress implements AutoCloseable {

  private static final boolean TERMINAL = Boolean.getBoolean("tnl.terminal");
  private static final double SECONDS_BETWEEN = TERMINAL ? 0.1 : 5;
  private static final int WIDTH = 24;

  private final PrintWriter out;
  private final String what;
  private final long whole;
  private final boolean quiet;
  private final long started = System.nanoTime();
  private long first = -1;
  private long shown = Long.MIN_VALUE;
  private boolean ended;
  private int drawn;

  /**
   * @param whole what {@link #at} counts up to
   * @param quiet whether nothing is shown, since a program reads
   */
  Progress(PrintWriter out, String what, long whole, boolean quiet) {
    this.out = out;
    this.what = what;
    this.whole = Math.max(1, whole);
    this.quiet = quiet;
  }

  /**
   * @param done of the whole; when that is reached, a last line is shown
   * @param said beside it
   */
  void at(long done, String said) {
    first = first < 0 ? done : first;
    long now = System.nanoTime();
    boolean due = shown == Long.MIN_VALUE || (now - shown) * 1e-9 >= SECONDS_BETWEEN;
    if (quiet || ended || !due && done < whole) {
      return;
    }
    shown = now;
    ended = done >= whole;
    String line = line(Math.min(1, (double) done / whole), done, said);
    if (TERMINAL) {
      String blank = " ".repeat(Math.max(0, drawn - line.length()));
      out.print("\r" + line + blank);
      drawn = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  private String line(double share, long done, String said) {
    double seconds = (System.nanoTime() - started) * 1e-9;
    double left = done > first ? (whole - done) * seconds / (done - first) : Double.NaN;
    String eta = share >= 1 ? Console.duration(seconds) : Console.duration(left) + " left";
    String bar = "";
    if (TERMINAL) {
      int full = (int) (share * WIDTH);
      bar = " " + "━".repeat(full) + "─".repeat(WIDTH - full);
    }
    return String.format(Locale.ROOT, "%s%s %3.0f %%  %s  %s", what, bar, 100 * share, said, eta);
  }

  /** A line of its own, above the bar. */
  void say(String line) {
    if (!quiet) {
      clear();
      out.println(line);
      out.flush();
    }
  }

  private void clear() {
    if (drawn > 0) {
      out.print("\r" + " ".repeat(drawn) + "\r");
      drawn = 0;
    }
  }

  @Override
  public void close() {
    if (drawn > 0) {
      out.println();
      out.flush();
      drawn = 0;
    }
  }
}
