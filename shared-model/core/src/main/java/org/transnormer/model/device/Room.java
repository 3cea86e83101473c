package org.transnormer.model.device;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.transnormer.model.backend.Backend;

/** How much memory and disk this process may still take. */
public final class Room {

  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
  private static final Pattern INACTIVE_FILE = Pattern.compile("(?m)^inactive_file (\\d+)$");

  private Room() {}

  /** Of the device, where it has memory of its own: the plan lies there. */
  public static long memory(Backend backend) {
    return backend.memoryLeft().orElseGet(Room::memory);
  }

  /**
   * Memory outside the heap that can be had without swapping: what the machine has, or what the
   * container's limit leaves, whichever is less.
   */
  static long memory() {
    long machine = machineMemory();
    Path cgroup = Path.of("/sys/fs/cgroup");
    long limit = number(cgroup.resolve("memory.max"));
    long used = number(cgroup.resolve("memory.current"));
    if (limit < 0 || used < 0) {
      return machine;
    }
    // Cached files count as used, but go when memory is asked for.
    long cached = Math.max(0, match(cgroup.resolve("memory.stat"), INACTIVE_FILE));
    return Math.min(machine, limit - used + cached);
  }

  private static long machineMemory() {
    long kilobytes = match(Path.of("/proc/meminfo"), AVAILABLE);
    return kilobytes >= 0
        ? kilobytes << 10
        : ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
  }

  /** Bytes that this user may still write to the file system of a folder. */
  public static long disk(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  private static long number(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.isEmpty() ? -1 : Long.parseLong(lines.getFirst().strip());
    } catch (IOException | NumberFormatException _) {
      return -1; // no such control group, or "max"
    }
  }

  private static long match(Path file, Pattern pattern) {
    try {
      Matcher matcher = pattern.matcher(Files.readString(file));
      return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    } catch (IOException | NumberFormatException _) {
      return -1;
    }
  }
}
