package org.transnormer.model.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.cpu.CpuBackend;
import picocli.CommandLine.Option;

/** How many threads compute, and where; what comes out does not depend on it. */
class Threads {

  private static final String PIN = "TNL_PIN";

  private final boolean pinned;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "${env:TNL_THREADS:-0}",
      description = "threads that compute; 0 takes every processor (results do not depend on it)")
  private int threads;

  @Option(
      names = "--pin",
      negatable = true,
      description = {
        "binds each thread to a processor of its own, of those that this process may use. Unless"
            + " said here or by TNL_PIN=true or false, train and bench do where they take all of"
            + " them, and no other command does: threads that are bound get out of nobody's way"
      })
  private @Nullable Boolean pin;

  Threads() {
    this(false);
  }

  /**
   * @param pinned whether threads that take every processor are bound unless something else is said
   */
  Threads(boolean pinned) {
    this.pinned = pinned;
  }

  int count() {
    if (threads < 0) {
      throw new IllegalArgumentException("--threads must not be negative, is " + threads);
    }
    if (threads == 0) {
      threads = Runtime.getRuntime().availableProcessors(); // Of a thread that is bound, one.
    }
    return threads;
  }

  boolean pin() {
    return pin(Optional.ofNullable(System.getenv(PIN)), CpuBackend.processors());
  }

  /**
   * @param environment what {@value #PIN} says
   * @param processors that this process may run on. Fewer threads could be bound to the same ones
   *     as those of a process like this one, and a limit on time, which makes threads fewer too, is
   *     none on places.
   */
  boolean pin(Optional<String> environment, int processors) {
    if (pin != null) {
      return pin;
    }
    return environment.map(Threads::flag).orElseGet(() -> pinned && count() == processors);
  }

  private static boolean flag(String text) {
    return switch (text.strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(PIN + " is true or false, not '" + text + "'");
    };
  }
}
