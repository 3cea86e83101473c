package org.transnormer.corpus.ingest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The files of one source cut into partitions. The cut depends on names and sizes alone, so the
 * same files give the same shards, however many workers read them.
 */
public final class IngestionPlan {
  private IngestionPlan() {}

  /**
   * @param bytes of one partition; a larger file is a partition of its own
   * @param files of one partition
   */
  public record Cut(long bytes, int files) {}

  public static List<List<PlannedFile>> partitions(List<PlannedFile> found, Cut cut) {
    List<PlannedFile> sorted =
        found.stream().sorted(Comparator.comparing(PlannedFile::path)).toList();
    List<List<PlannedFile>> partitions = new ArrayList<>();
    List<PlannedFile> current = new ArrayList<>();
    long bytes = 0;
    for (PlannedFile file : sorted) {
      boolean full = bytes + file.size() > cut.bytes() || current.size() == cut.files();
      if (full && !current.isEmpty()) {
        partitions.add(List.copyOf(current));
        current.clear();
        bytes = 0;
      }
      current.add(file);
      bytes += file.size();
    }
    if (!current.isEmpty()) {
      partitions.add(List.copyOf(current));
    }
    return partitions;
  }
}
