package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Training by several GPUs of this machine, a process each: starts the processes, and gathers what
 * they report. Sums are made by one algorithm and one protocol, so that they are the same in every
 * run; NVLink's own sums (NVLS) stay off.
 */
final class ParallelBench {

  static final List<String> SECTIONS =
      List.of(
          "ranks-correctness", "ranks-scaling", "ranks-sharded", "ranks-tensor", "ranks-sequence");

  static final String FAULTS = "ranks-faults";

  private static final int SECONDS_OF_A_SECTION = 300;

  private final int ranks;
  private final Path folder;

  /**
   * @param folder for the processes' files
   */
  ParallelBench(int ranks, Path folder) throws IOException {
    this.ranks = ranks;
    this.folder = Files.createDirectories(folder);
    Path tokens = folder.resolve(BenchTokens.FOLDER);
    if (!Files.exists(tokens)) {
      BenchTokens.write(tokens);
    }
  }

  /**
   * @param section as {@link CudaBench} is told it
   */
  void run(String section, ObjectNode report) throws IOException, InterruptedException {
    report.put("ranks", ranks);
    if (section.startsWith(FAULTS)) {
      new FaultBench(this).run(report);
      return;
    }
    List<Process> processes = start(section, List.of());
    boolean well = await(processes, SECONDS_OF_A_SECTION);
    report.setAll(report(section));
    System.out.print(log(section, 0));
    if (!well) {
      for (int rank = 1; rank < ranks; rank++) {
        System.out.print(log(section, rank));
      }
      throw new IllegalStateException(section + " ended with " + exits(processes));
    }
  }

  /** One process a GPU. */
  List<Process> start(String section, List<String> more) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String token = UUID.randomUUID().toString();
    List<Process> processes = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      System.getProperties().stringPropertyNames().stream()
          .filter(name -> name.startsWith("tnl."))
          .forEach(name -> command.add("-D%s=%s".formatted(name, System.getProperty(name))));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(BenchRank.class.getName());
      command.addAll(List.of(section, folder.toString()));
      command.addAll(List.of("" + rank, "" + ranks, "" + port));
      command.addAll(more);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(logFile(section, rank).toFile());
      builder.environment().put(BenchRank.TOKEN, token);
      builder.environment().put("CUDA_VISIBLE_DEVICES", "" + rank);
      builder.environment().put("NCCL_NVLS_ENABLE", "0");
      builder.environment().put("NCCL_ALGO", "Ring");
      builder.environment().put("NCCL_PROTO", "Simple");
      processes.add(builder.start());
    }
    return processes;
  }

  /** Whether all ended well in time; none is left. */
  static boolean await(List<Process> processes, int seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    boolean well = true;
    for (Process process : processes) {
      if (!process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        process.destroyForcibly().waitFor();
      }
      well &= process.exitValue() == 0;
    }
    return well;
  }

  private static List<Integer> exits(List<Process> processes) {
    return processes.stream().map(Process::exitValue).toList();
  }

  /** What rank 0 wrote so far. */
  ObjectNode report(String section) throws IOException {
    Path file = BenchRank.reportFile(folder, section);
    return Files.exists(file)
        ? (ObjectNode) JsonMapper.shared().readTree(Files.readString(file))
        : JsonMapper.shared().createObjectNode();
  }

  String log(String section, int rank) throws IOException {
    return Files.readString(logFile(section, rank), StandardCharsets.UTF_8);
  }

  private Path logFile(String section, int rank) {
    return folder.resolve("%s-%d.log".formatted(BenchRank.fileName(section), rank));
  }

  Path folder() {
    return folder;
  }

  int ranks() {
    return ranks;
  }
}
