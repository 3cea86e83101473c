package org.transnormer.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * One platform for all tests of this JVM: {@code demo --fast --stay} has run on it, and it is still
 * up. The first who asks starts it; it leaves with the JVM. Tests may add to it but must not remove
 * or change what the demo made.
 */
public final class DemoPlatform {

  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final String STAYS = "The platform stays up";

  private static @Nullable DemoPlatform shared;
  private static @Nullable RuntimeException failure;

  private final PlatformProcess process;
  private final URI door;
  private final String adminKey;

  private DemoPlatform(PlatformProcess process, URI door, String adminKey) {
    this.process = process;
    this.door = door;
    this.adminKey = adminKey;
  }

  /** Waits for the demo's end when this is the first call, else gives what is there. */
  public static synchronized DemoPlatform get() {
    if (failure != null) {
      throw new IllegalStateException("the demo failed before, see the first failure", failure);
    }
    DemoPlatform platform = shared;
    if (platform == null) {
      try {
        platform = start();
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
      shared = platform;
    }
    return platform;
  }

  private static DemoPlatform start() {
    try {
      Path data = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "demo-");
      PlatformProcess process =
          PlatformProcess.start(data.toAbsolutePath(), "demo", "--fast", "--stay");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "stop-demo-platform"));
      process.awaitOutput(STAYS, PATIENCE);
      return new DemoPlatform(process, process.door(), process.adminKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What a demo that failed has left stays for whoever looks for the reason. */
  private static void end(PlatformProcess process) {
    process.close();
    if (failure != null) {
      return;
    }
    try {
      FileSystemUtils.deleteRecursively(process.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Base URL of the page and of the whole API, ending in a slash. */
  public URI door() {
    return door;
  }

  public String adminKey() {
    return adminKey;
  }

  /** All that the demo told so far. */
  public String output() {
    return process.output();
  }

  /** The data folder; what a test may read there is what a user may: keys, notes and logs. */
  public Path data() {
    return process.data();
  }
}
