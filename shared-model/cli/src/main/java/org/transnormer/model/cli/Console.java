package org.transnormer.model.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** How sizes and times are written for people. */
final class Console {

  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

  private Console() {}

  /** Bytes in powers of 1000, as disks and graphics cards are sold. */
  static String bytes(long bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  /** Hours, minutes and seconds. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return "?";
    }
    long whole = Math.round(seconds);
    return whole >= 3600
        ? "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60)
        : "%d:%02d".formatted(whole / 60, whole % 60);
  }

  /** A name and a value, the values under each other. */
  static void row(PrintWriter out, String name, String format, Object... values) {
    out.printf(Locale.ROOT, "  %-16s " + format + "%n", prepend(name, values));
  }

  private static Object[] prepend(String name, Object[] values) {
    Object[] all = new Object[values.length + 1];
    all[0] = name;
    System.arraycopy(values, 0, all, 1, values.length);
    return all;
  }
}
