package org.transnormer.model.cli;

import picocli.CommandLine.Option;

/** How many threads compute; what comes out does not depend on it. */
class Threads {

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "${env:TNL_THREADS:-0}",
      description = "threads that compute; 0 takes every processor (results do not depend on it)")
  private int threads;

  int count() {
    if (threads < 0) {
      throw new IllegalArgumentException("--threads must not be negative, is " + threads);
    }
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
