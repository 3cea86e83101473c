package org.transnormer.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The standalone platform as its users start it: a process, its output, and its door. */
public final class PlatformProcess implements AutoCloseable {

  private static final Path LIB = Path.of("..", "standalone", "target", "app", "lib");
  private static final Pattern DOOR = Pattern.compile("up after [0-9.,]+ s: (http://\\S+)");
  private static final Duration START = Duration.ofMinutes(5);

  private final Process process;
  private final Path output;
  private final Path data;

  private PlatformProcess(Process process, Path output, Path data) {
    this.process = process;
    this.output = output;
    this.data = data;
  }

  /** Starts {@code tnl <arguments>} on a data folder; samples are kept with the project. */
  public static PlatformProcess start(Path data, String... arguments) {
    return start(data, Map.of(), arguments);
  }

  /**
   * @param environment beside what this process has
   */
  public static PlatformProcess start(
      Path data, Map<String, String> environment, String... arguments) {
    try {
      Path output = Files.createTempFile("tnl-output", ".txt");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of(
              "--add-modules=jdk.incubator.vector",
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-XX:+UseSerialGC",
              "-Xmx1200m",
              "-cp",
              LIB.toAbsolutePath().normalize() + "/*",
              "org.transnormer.standalone.Tnl"));
      command.addAll(List.of(arguments));
      command.addAll(List.of("--data", data.toString(), "--port", "0"));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      builder
          .environment()
          .put("TNL_HOME", Path.of("..", ".tnl").toAbsolutePath().normalize().toString());
      return new PlatformProcess(builder.start(), output, data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path data() {
    return data;
  }

  public String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The door's address, once the platform says that it is up. */
  public URI door() throws InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline && process.isAlive()) {
      Matcher matcher = DOOR.matcher(output());
      if (matcher.find()) {
        return URI.create(matcher.group(1));
      }
      Thread.sleep(200);
    }
    throw new IllegalStateException("the platform did not come up:\n" + output());
  }

  public String adminKey() throws IOException {
    return Files.readString(data.resolve("admin.key")).strip();
  }

  public void awaitOutput(String text, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!output().contains(text)) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new IllegalStateException("never saw '%s' in:%n%s".formatted(text, output()));
      }
      Thread.sleep(200);
    }
  }

  /** Waits for a file that the process is to write. */
  public void awaitFile(Path file, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!Files.exists(file)) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new IllegalStateException("never saw %s; it said:%n%s".formatted(file, output()));
      }
      Thread.sleep(20);
    }
  }

  public int awaitExit(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      throw new IllegalStateException("took longer than " + patience + ":\n" + output());
    }
    return process.exitValue();
  }

  /** As the kernel does it: no hook runs, nothing is said. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends the platform and all that it has started; one that was killed could not do so itself. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(25, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      endPostgres();
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  private void endPostgres() throws IOException, InterruptedException {
    Path pidFile = data.resolve("postgresql/data/postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
    ProcessHandle left = ProcessHandle.of(pid).orElse(null);
    if (left != null && left.info().command().orElse("").endsWith("/postgres")) {
      // At once and without a last checkpoint: nobody goes on with this data.
      new ProcessBuilder("kill", "-QUIT", Long.toString(pid)).start().waitFor();
      left.onExit().join();
    }
  }
}
