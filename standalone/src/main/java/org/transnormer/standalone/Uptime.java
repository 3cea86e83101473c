package org.transnormer.standalone;

import java.lang.management.ManagementFactory;

/** Time since the process began, the JVM's own start included. */
final class Uptime {

  private Uptime() {}

  static double seconds() {
    return ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
  }
}
