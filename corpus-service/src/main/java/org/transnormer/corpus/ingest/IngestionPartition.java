package org.transnormer.corpus.ingest;

import org.jspecify.annotations.Nullable;

/**
 * A frozen group of files of one source.
 *
 * @param planKey list of its files in the store; absent for what was refused while planning
 * @param planDigest equal files read by equal rules have equal digests
 * @param failuresKey where its failures lie, if it had any
 * @param outcome absent until it was read
 */
public record IngestionPartition(
    String name,
    String sourceId,
    long files,
    long bytes,
    @Nullable String planKey,
    String planDigest,
    String failuresKey,
    @Nullable PartitionOutcome outcome) {}
