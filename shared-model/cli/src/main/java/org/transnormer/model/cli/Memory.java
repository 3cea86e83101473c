package org.transnormer.model.cli;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.device.Room;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;

/**
 * Refuses what memory does not suffice for before it is taken: a system that promises more than it
 * has ends the process later, without a word.
 */
final class Memory {

  private Memory() {}

  /**
   * @throws IllegalArgumentException with what would take less
   */
  static void require(TrainingSpec spec, Backend backend) {
    long needed = needed(spec, backend);
    long available = Room.memory(backend);
    if (needed > available) {
      throw new IllegalArgumentException(
          "training takes %s, %s are free; %s"
              .formatted(bytes(needed), bytes(available), advice(spec, backend, available)));
    }
  }

  /**
   * @param what it is for
   * @throws IllegalArgumentException when it is not there
   */
  static void require(String what, long needed, Backend backend) {
    long available = Room.memory(backend);
    if (needed > available) {
      throw new IllegalArgumentException(
          "%s takes %s, %s are free".formatted(what, bytes(needed), bytes(available)));
    }
  }

  private static long needed(TrainingSpec spec, Backend backend) {
    try {
      return TrainingSession.plan(spec, backend).bytes();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE; // More than can be addressed.
    }
  }

  private static String advice(TrainingSpec spec, Backend backend, long available) {
    BatchSpec batch = spec.batch();
    BatchSpec least = new BatchSpec(batch.sequences(), batch.sequenceLength(), 1, true);
    List<String> ways = new ArrayList<>();
    if (!batch.recompute()) {
      ways.add("--set batch.recompute=true");
    }
    if (batch.atOnce() > 1) {
      ways.add("--set batch.microSequences=1 or a few more");
    }
    long less = needed(spec.withBatch(least), backend);
    String rest = "a smaller model or shorter sequences would take less";
    if (ways.isEmpty()) {
      return rest;
    }
    String with = String.join(" and ", ways);
    return less <= available
        ? "%s: together it takes %s".formatted(with, bytes(less))
        : "even with %s it takes %s, so %s".formatted(with, bytes(less), rest);
  }

  private static String bytes(long bytes) {
    return bytes == Long.MAX_VALUE ? "more than can be addressed" : Console.bytes(bytes);
  }
}
