package org.transnormer.trainer.launch.local;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.transnormer.trainer.launch.GroupName;
import org.transnormer.trainer.launch.GroupOrder;
import org.transnormer.trainer.launch.LaunchFailedException;
import org.transnormer.trainer.launch.ObservedGroup;
import org.transnormer.trainer.launch.WorkerCluster;
import org.transnormer.worker.protocol.WorkerEnvironment;

/**
 * Runs each rank as a child process on this machine. What it knows of its groups lives and dies
 * with this process: workers leave when their parent is gone, and one that a killed parent left
 * behind is killed before the first new group is made, never taken over.
 */
public final class LocalCluster implements WorkerCluster, AutoCloseable {

  private static final Logger LOG = System.getLogger(LocalCluster.class.getName());

  /** Of this process's environment, all that a worker may see. */
  private static final Pattern INHERITED =
      Pattern.compile(
          "PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|OPENBLAS_.*|OMP_.*|CUDA_.*|NCCL_.*|LD_LIBRARY_PATH");

  private static final Duration AFTER_KILL = Duration.ofSeconds(5);

  private final Path folder;
  private final List<String> command;
  private final Map<String, String> environment;
  private final LocalProperties properties;
  private final InstantSource clock;
  private final Map<GroupName, LocalGroup> groups = new ConcurrentHashMap<>();
  private volatile Runnable hint = () -> {};

  /**
   * @param environment how a worker reaches the object store
   */
  public LocalCluster(
      Path folder, Map<String, String> environment, LocalProperties properties, InstantSource clock)
      throws IOException {
    this(folder, WorkerCommand.of(properties.jvmArguments()), environment, properties, clock);
  }

  LocalCluster(
      Path folder,
      List<String> command,
      Map<String, String> environment,
      LocalProperties properties,
      InstantSource clock)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.properties = properties;
    this.clock = clock;
    for (Path each : groupFolders()) {
      LocalGroup.killLeftOver(each);
    }
  }

  @Override
  public List<ObservedGroup> observe() {
    return groups.values().stream().map(LocalGroup::observed).toList();
  }

  @Override
  public synchronized void create(GroupOrder order) {
    if (groups.containsKey(order.name())) {
      return;
    }
    try {
      Path home = folder.resolve(order.name().value());
      deleteTree(home);
      Files.createDirectories(home);
      LocalGroup group =
          new LocalGroup(order.runId(), order.attempt(), home, freePort(), clock.instant());
      Map<String, String> full = environment(order);
      for (int rank = 0; rank < order.spec().ranks(); rank++) {
        startRank(group, full);
      }
      groups.put(order.name(), group);
      forgetOld();
    } catch (IOException e) {
      throw new LaunchFailedException("cannot start a worker process: " + e.getMessage(), e);
    }
  }

  private void startRank(LocalGroup group, Map<String, String> full) throws IOException {
    try {
      group.startRank(command, full, () -> hint.run());
    } catch (IOException e) {
      group.kill();
      throw e;
    }
  }

  private Map<String, String> environment(GroupOrder order) {
    Map<String, String> full = new HashMap<>();
    System.getenv()
        .forEach((name, value) -> {
          if (INHERITED.matcher(name).matches()) {
            full.put(name, value);
          }
        });
    full.putAll(environment);
    full.putAll(properties.environment());
    full.put(WorkerEnvironment.RUN_ID, order.runId());
    full.put(WorkerEnvironment.ATTEMPT, Integer.toString(order.attempt()));
    full.put(WorkerEnvironment.RUN_TOKEN, order.token());
    full.put(WorkerEnvironment.TRAINER_URL, order.controlUrl().toString());
    full.put(WorkerEnvironment.WORLD_SIZE, Integer.toString(order.spec().ranks()));
    full.putAll(order.spec().division().environment());
    if (order.spec().threads() == null && properties.threads() > 0) {
      full.put(WorkerEnvironment.THREADS, Integer.toString(properties.threads()));
    }
    full.put(WorkerEnvironment.PARENT_PID, Long.toString(ProcessHandle.current().pid()));
    return full;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void delete(GroupName name) {
    LocalGroup group = groups.get(name);
    if (group == null) {
      return;
    }
    group.kill();
    try {
      if (group.awaitEnd(AFTER_KILL.toMillis())) {
        groups.remove(name);
        deleteScratch(group.folder());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public List<String> logTail(GroupName name, int lines) {
    LocalGroup group = groups.get(name);
    return group == null ? List.of() : group.logTail(lines);
  }

  @Override
  public String rendezvous(String runId, int attempt) {
    LocalGroup group = groups.get(GroupName.of(runId, attempt));
    if (group == null) {
      throw new IllegalStateException(
          "attempt %d of run %s does not run here".formatted(attempt, runId));
    }
    return group.rendezvous();
  }

  @Override
  public int capacity() {
    return properties.slots();
  }

  @Override
  public void onChange(Runnable newHint) {
    hint = newHint;
  }

  /** Groups that are over are known for a while, their folders a while longer. */
  private void forgetOld() throws IOException {
    groups.values().stream()
        .filter(LocalGroup::over)
        .map(LocalGroup::folder)
        .forEach(LocalCluster::deleteScratch);
    List<Path> newestFirst =
        groupFolders().stream()
            .sorted(Comparator.comparing(LocalCluster::changed).reversed())
            .toList();
    for (Path old : newestFirst.stream().skip(properties.keepFolders()).toList()) {
      LocalGroup group = groups.get(new GroupName(old.getFileName().toString()));
      if (group == null || group.over()) {
        groups.remove(new GroupName(old.getFileName().toString()));
        deleteTree(old);
      }
    }
  }

  private List<Path> groupFolders() throws IOException {
    try (Stream<Path> folders = Files.list(folder)) {
      return folders.filter(Files::isDirectory).toList();
    }
  }

  private static Instant changed(Path path) {
    try {
      return Files.getLastModifiedTime(path).toInstant();
    } catch (IOException _) {
      return Instant.EPOCH; // it is being deleted
    }
  }

  private static void deleteScratch(Path group) {
    try (Stream<Path> homes = Files.list(group)) {
      for (Path home : homes.toList()) {
        deleteTree(home.resolve("scratch"));
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "some of {0} stays: {1}", group, e.getMessage());
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Lets the workers write a last checkpoint, as far as the time allows. */
  @Override
  public void close() {
    groups.values().forEach(LocalGroup::terminate);
    long deadline = System.nanoTime() + properties.stopTimeout().toNanos();
    for (LocalGroup group : groups.values()) {
      try {
        if (!group.awaitEnd(Math.max(0, (deadline - System.nanoTime()) / 1_000_000))) {
          group.kill();
        }
      } catch (InterruptedException e) {
        group.kill();
        Thread.currentThread().interrupt();
      }
    }
  }
}
