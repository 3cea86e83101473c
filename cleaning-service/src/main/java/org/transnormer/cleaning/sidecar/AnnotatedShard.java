package org.transnormer.cleaning.sidecar;

import org.transnormer.artifacts.documents.ShardRef;

/**
 * What annotating one raw shard left behind. Ordinals of raw shard, normalised shard and sidecars
 * are the same.
 *
 * @param text the shard that later stages, snapshots and token sets read
 * @param attributes prefix of the Parquet sidecar
 * @param runs prefix of the sorted runs for the search of duplicates
 * @param failed documents that could not be measured; they are in the shard and never kept
 */
public record AnnotatedShard(
    ShardRef raw, ShardRef text, String attributes, String runs, long documents, long failed) {}
