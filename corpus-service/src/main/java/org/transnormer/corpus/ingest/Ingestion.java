package org.transnormer.corpus.ingest;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reading some sources of a corpus once.
 *
 * @param plannedAt when its files were listed and cut into partitions
 * @param publishedAt when its shards became those of the sources
 */
public record Ingestion(
    String id,
    String corpusId,
    List<String> sourceIds,
    Instant createdAt,
    String launchedBy,
    @Nullable Instant plannedAt,
    @Nullable Instant publishedAt) {

  public Ingestion {
    sourceIds = List.copyOf(sourceIds);
  }

  /** Where plan and failures lie in the store. */
  public String prefix() {
    return "corpora/" + corpusId + "/ingestions/" + id;
  }

  public String resource() {
    return "/api/v1/corpora/" + corpusId + "/ingestions/" + id;
  }
}
