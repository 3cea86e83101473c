package org.transnormer.corpus.snapshots.web;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.snapshots.Export;
import org.transnormer.support.WorkStatus;

/**
 * An export as it is answered.
 *
 * @param files once it is complete
 */
record ExportView(
    String id,
    String snapshotId,
    String target,
    Export.Format format,
    String prefix,
    WorkStatus status,
    long documents,
    long bytes,
    @Nullable List<FileView> files,
    @Nullable String jobId,
    Instant createdAt,
    String launchedBy) {

  /**
   * A file to download.
   *
   * @param href path of its content
   */
  record FileView(String name, long size, String sha256, String href) {}
}
