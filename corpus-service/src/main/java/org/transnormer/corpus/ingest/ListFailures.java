package org.transnormer.corpus.ingest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.Page;

/** Pages through the failures of an ingestion, partition by partition. */
public final class ListFailures {
  private static final int PARTITIONS_AT_ONCE = 50;

  private final Ingestions ingestions;
  private final ObjectStore store;

  public ListFailures(Ingestions ingestions, ObjectStore store) {
    this.ingestions = ingestions;
    this.store = store;
  }

  public Page<Failure> list(String ingestionId, @Nullable FailureCursor after, int limit)
      throws IOException {
    List<Failure> page = new ArrayList<>();
    FailureCursor at = after == null ? new FailureCursor("", 0) : after;
    while (true) {
      List<Ingestions.FailureFile> files =
          ingestions.failures(ingestionId, at.partition(), PARTITIONS_AT_ONCE);
      for (Ingestions.FailureFile file : files) {
        long from = file.partition().equals(at.partition()) ? at.line() : 0;
        List<Failure> some = FailureLog.read(store, file.key(), from, limit - page.size() + 1);
        page.addAll(some);
        if (page.size() > limit) {
          page.removeLast();
          return new Page<>(
              page, new FailureCursor(file.partition(), from + some.size() - 1).text());
        }
      }
      if (files.size() < PARTITIONS_AT_ONCE) {
        return new Page<>(page, null);
      }
      at = new FailureCursor(files.getLast().partition() + "~", 0); // behind the partition itself
    }
  }
}
