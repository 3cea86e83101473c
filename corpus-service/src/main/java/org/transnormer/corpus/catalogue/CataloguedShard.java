package org.transnormer.corpus.catalogue;

import org.transnormer.artifacts.documents.ShardRef;

/**
 * A shard of a corpus.
 *
 * @param source name of its source
 * @param live false once a later ingestion of the source replaced it; snapshots may still refer to
 *     it
 */
public record CataloguedShard(
    String corpusId, String sourceId, String source, ShardRef ref, boolean live) {}
