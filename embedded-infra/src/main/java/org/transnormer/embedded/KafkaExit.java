package org.transnormer.embedded;

import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka ends the whole process when its log can no longer be written, most often because the disk
 * is full. Here it says so first, on the terminal and in the log.
 */
final class KafkaExit {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaExit.class);

  private KafkaExit() {}

  /** For all of Kafka in this JVM. */
  static void announce(Path folder) {
    Runtime runtime = Runtime.getRuntime();
    Exit.setHaltProcedure((status, reason) -> leave(folder, status, reason, runtime::halt));
    Exit.setExitProcedure((status, reason) -> leave(folder, status, reason, runtime::exit));
  }

  private static void leave(Path folder, int status, @Nullable String reason, IntConsumer end) {
    String text =
        "Kafka gave up and ends the process (status %d%s). %s. A start with room on the disk goes on from there."
            .formatted(status, reason == null ? "" : ": " + reason, FreeSpace.describe(folder));
    System.err.println(text);
    LOG.error(text);
    end.accept(status);
  }
}
