package org.transnormer.corpus.ingest;

import java.util.List;
import java.util.Map;
import org.transnormer.corpus.catalogue.CountedShard;

/**
 * What became of the files of one partition.
 *
 * @param failedFiles of {@code files}: those refused, wholly or from some place on, or with no
 *     document that could be taken
 * @param bytes as they lay in the source
 */
public record PartitionOutcome(
    long files,
    long failedFiles,
    long bytes,
    long documentsRead,
    long documentsWritten,
    long documentsFailed,
    List<CountedShard> shards,
    Map<Reason, Long> reasons) {

  public PartitionOutcome {
    shards = List.copyOf(shards);
    reasons = Map.copyOf(reasons);
    long inShards = shards.stream().mapToLong(shard -> shard.ref().documents()).sum();
    if (documentsRead != documentsWritten + documentsFailed || inShards != documentsWritten) {
      throw new IllegalStateException(
          "counts do not balance: %d read, %d written, %d failed, %d in shards"
              .formatted(documentsRead, documentsWritten, documentsFailed, inShards));
    }
  }
}
