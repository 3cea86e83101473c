package org.transnormer.artifacts.failpoints;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Named places in the code at which a test can make the process die, fail or wait.
 *
 * <p>Armed by the system property {@code tnl.failpoints} or the environment variable {@code
 * TNL_FAILPOINTS}: {@code name:action[:nth]}, several separated by commas. Actions are {@code halt}
 * (the process ends at once, as under kill -9), {@code throw}, {@code sleep-<ms>} and {@code
 * until-<file>}, which notes in {@code <file>.reached} that it is there and waits until the file
 * exists: a test can hold a process at the place and kill it. With {@code nth} only that hit counts
 * (the first is 1), without it every hit does. The property is read at each hit, so that a test can
 * arm and disarm; nothing armed costs one property look-up.
 */
public final class FailPoints {
  public static final String PROPERTY = "tnl.failpoints";
  public static final String ENVIRONMENT = "TNL_FAILPOINTS";

  private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

  /** Exit status of {@code halt}: the one a shell reports after SIGKILL. */
  private static final int KILLED = 137;

  private static final Armed NONE = new Armed("", List.of());
  private static volatile Armed armed = NONE;

  private FailPoints() {}

  /** Does what is armed under this name, usually nothing. */
  public static void hit(String name) {
    String specification = specification();
    if (specification.isEmpty()) {
      return;
    }
    for (Point point : armed(specification).points) {
      if (point.name.equals(name) && point.isDue()) {
        point.action.act(name);
      }
    }
  }

  private static String specification() {
    String property = System.getProperty(PROPERTY);
    String environment = property == null ? System.getenv(ENVIRONMENT) : property;
    return environment == null ? "" : environment.strip();
  }

  private static synchronized Armed armed(String specification) {
    if (!armed.specification.equals(specification)) {
      List<Point> points = new ArrayList<>();
      for (String part : specification.split(",", -1)) {
        points.add(Point.parse(part.strip()));
      }
      armed = new Armed(specification, List.copyOf(points));
    }
    return armed;
  }

  /** Thrown by a fail point that was armed with {@code throw}. */
  public static final class FailPointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FailPointException(String name) {
      super("fail point " + name);
    }
  }

  private record Armed(String specification, List<Point> points) {}

  private sealed interface Action {
    void act(String name);

    record Halt() implements Action {
      @Override
      public void act(String name) {
        Runtime.getRuntime().halt(KILLED);
      }
    }

    record Throw() implements Action {
      @Override
      public void act(String name) {
        throw new FailPointException(name);
      }
    }

    record Wait(Duration time) implements Action {
      @Override
      public void act(String name) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
          LockSupport.parkNanos(left);
          if (Thread.currentThread().isInterrupted()) {
            return;
          }
        }
      }
    }

    record Until(Path file) implements Action {
      @Override
      public void act(String name) {
        if (Files.exists(file)) {
          return;
        }
        try {
          Files.writeString(file.resolveSibling(file.getFileName() + ".reached"), name);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        while (!Files.exists(file) && !Thread.currentThread().isInterrupted()) {
          LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
      }
    }

    static Action parse(String text) {
      if (text.startsWith("until-")) {
        return new Until(Path.of(text.substring("until-".length())));
      }
      if (text.startsWith("sleep-")) {
        return new Wait(Duration.ofMillis(Long.parseLong(text.substring("sleep-".length()))));
      }
      return switch (text) {
        case "halt" -> new Halt();
        case "throw" -> new Throw();
        default -> throw new IllegalArgumentException("unknown fail point action: " + text);
      };
    }
  }

  private static final class Point {
    private final String name;
    private final Action action;
    private final @Nullable Long nth;
    private final AtomicLong hits = new AtomicLong();

    private Point(String name, Action action, @Nullable Long nth) {
      this.name = name;
      this.action = action;
      this.nth = nth;
    }

    static Point parse(String text) {
      String[] parts = text.split(":", -1);
      if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
        throw new IllegalArgumentException("a fail point is name:action[:nth], not '" + text + "'");
      }
      return new Point(
          parts[0], Action.parse(parts[1]), parts.length == 3 ? Long.valueOf(parts[2]) : null);
    }

    boolean isDue() {
      long hit = hits.incrementAndGet();
      return nth == null || nth == hit;
    }
  }
}
