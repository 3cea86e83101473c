package org.transnormer.model.backend.cuda;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import jcuda.driver.CUstream;
import org.jspecify.annotations.Nullable;

/**
 * Work that a device does again from its recordings. The first time work is only done, so that
 * everything finds its place; the second time it is recorded; from then on its calls are compared
 * with the recording, which is played if they are the same and made anew if not.
 */
final class Recordings {

  private static final int MOST = 64;

  /** How often work may differ from its recording before it is recorded no more. */
  private static final int MOST_DIFFERENCES = 16;

  private final DriverLauncher launcher;
  private final CUstream stream;
  private final SequencedMap<Object, Recording> kept = new LinkedHashMap<>();
  private final Map<Object, Integer> differences = new HashMap<>();
  private @Nullable Recording current;
  private @Nullable Recording latest;

  Recordings(DriverLauncher launcher, CUstream stream) {
    this.launcher = launcher;
    this.stream = stream;
  }

  /** The one that is being made or compared with; null while work is simply done. */
  @Nullable Recording current() {
    return current;
  }

  void repeat(Object what, Runnable work) {
    Recording known = kept.get(what);
    if (known == null) {
      first(what, work);
    } else if (within(
        known, known.recorded() ? () -> known.matches(work) : () -> known.record(work))) {
      known.play();
      latest = known;
    } else {
      differences.merge(what, 1, Integer::sum);
      forget(what);
      first(what, work);
    }
  }

  /** What the device spent on the recording that was played latest; NaN before. */
  double millisOfLatestPlay() {
    return latest == null ? Double.NaN : latest.millis();
  }

  private void first(Object what, Runnable work) {
    long before = launcher.uploadedInAll();
    work.run();
    if (differences.getOrDefault(what, 0) <= MOST_DIFFERENCES) {
      makeRoom(what, launcher.uploadedInAll() - before);
    }
  }

  /** For a recording with so many bytes of host numbers, which the next time fills. */
  private void makeRoom(Object what, long bytes) {
    if (kept.size() >= MOST) {
      forget(kept.firstEntry().getKey());
    }
    long size = Math.max(bytes, 1);
    kept.put(what, new Recording(stream, size, launcher.allocate(size)));
  }

  void forgetAll() {
    List.copyOf(kept.keySet()).forEach(this::forget);
  }

  private void forget(Object what) {
    Recording old = kept.remove(what);
    if (old != null) {
      latest = latest == old ? null : latest;
      launcher.synchronize();
      launcher.free(old.deviceNumbers());
      old.close();
    }
  }

  private boolean within(Recording one, BooleanSupplier work) {
    current = one;
    try {
      return work.getAsBoolean();
    } finally {
      current = null;
    }
  }
}
