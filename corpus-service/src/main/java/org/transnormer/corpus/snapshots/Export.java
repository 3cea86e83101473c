package org.transnormer.corpus.snapshots;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot written out for other tools.
 *
 * @param target folder below exports/ in the store
 * @param committedAt when its manifest was written
 */
public record Export(
    String id,
    String snapshotId,
    String target,
    Format format,
    Instant createdAt,
    String launchedBy,
    long documents,
    long bytes,
    @Nullable Instant committedAt) {

  static final String MANIFEST = "tnl/export/1";

  /** How the documents lie in the files. */
  public enum Format {
    @JsonProperty("jsonl")
    JSONL(".jsonl"),
    @JsonProperty("jsonl-zst")
    JSONL_ZST(".jsonl.zst");

    private final String suffix;

    Format(String suffix) {
      this.suffix = suffix;
    }

    public String suffix() {
      return suffix;
    }
  }

  public String prefix() {
    return "exports/" + target;
  }

  public String resource() {
    return "/api/v1/snapshots/" + snapshotId + "/exports/" + id;
  }

  /** One file for each shard of the snapshot, in their order. */
  String fileName(int shard) {
    return "part-%05d".formatted(shard) + format.suffix();
  }
}
