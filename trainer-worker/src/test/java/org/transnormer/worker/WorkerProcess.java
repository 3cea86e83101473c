package org.transnormer.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The worker as a program of its own. */
final class WorkerProcess implements AutoCloseable {

  private final Process process;
  private final Path output;

  private WorkerProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xmx256m"));
    command.addAll(List.of("-cp", classPath(), TrainerWorker.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  static WorkerProcess start(TestRun run) throws IOException {
    return start(run, Map.of());
  }

  static WorkerProcess start(TestRun run, Map<String, String> more) throws IOException {
    return start(command(), run.environment(), more, Files.createDirectories(run.scratch()));
  }

  static WorkerProcess start(
      List<String> command, Map<String, String> environment, Map<String, String> more, Path folder)
      throws IOException {
    Path output = Files.createTempFile(folder, "worker", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TNL_"));
    builder.environment().putAll(environment);
    builder.environment().putAll(more);
    return new WorkerProcess(builder.start(), output);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** As the operating system or a cluster asks a process to end. */
  void terminate() {
    process.destroy();
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Its exit status; fails after two minutes. */
  int await() throws InterruptedException, IOException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("the worker does not end; its output: " + output());
    }
    return process.exitValue();
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
