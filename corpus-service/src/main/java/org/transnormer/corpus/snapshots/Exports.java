package org.transnormer.corpus.snapshots;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All exports. */
public interface Exports {

  /**
   * @return false when there is an export to that target
   */
  boolean add(Export export);

  Optional<Export> find(String id);

  /** Of one snapshot, the latest first. */
  List<Export> list(String snapshotId, @Nullable String after, int limit);

  void launched(String id);

  /** Those older than this whose job was never seen to exist. */
  List<Export> unlaunched(Duration age);

  void committed(String id, long documents, long bytes);
}
