package org.transnormer.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Notices that the process which started this one is gone. A process id alone would not do: the
 * parent may be a zombie that nobody buries, or its id may belong to another process by now.
 */
final class ParentWatch {

  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final long pid;
  private final boolean ownParent;
  private final Optional<Instant> startedAt;

  ParentWatch(long pid) {
    this.pid = pid;
    this.ownParent = currentParent() == pid;
    this.startedAt = ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant());
  }

  /** Looks every second, from a thread that keeps no process alive. */
  void start(Runnable gone) {
    Thread.ofPlatform().daemon().name("parent-watch").start(() -> watch(gone));
  }

  private void watch(Runnable gone) {
    try {
      while (alive()) {
        Thread.sleep(PERIOD);
      }
      gone.run();
    } catch (InterruptedException _) {
      // nobody watches any more
    }
  }

  boolean alive() {
    if (ownParent) {
      return currentParent() == pid;
    }
    Optional<ProcessHandle> handle = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return handle.isPresent()
        && !zombie()
        && (startedAt.isEmpty() || handle.get().info().startInstant().equals(startedAt));
  }

  private static long currentParent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L);
  }

  /** Linux: the state follows the command's name, which is in parentheses (proc(5)). */
  private boolean zombie() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      int name = stat.lastIndexOf(')');
      return name >= 0 && name + 2 < stat.length() && "ZX".indexOf(stat.charAt(name + 2)) >= 0;
    } catch (IOException _) {
      return false;
    }
  }
}
