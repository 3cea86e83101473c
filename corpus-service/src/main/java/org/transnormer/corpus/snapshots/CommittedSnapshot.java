package org.transnormer.corpus.snapshots;

import java.time.Instant;

/**
 * What a cleaning run made of a corpus.
 *
 * @param id Merkle root over its shards and what it keeps of them
 * @param documentsIn of the corpus when it was cleaned
 * @param shards it refers to
 */
public record CommittedSnapshot(
    String id,
    String prefix,
    String corpusId,
    String cleaningRunId,
    String recipeHash,
    long documentsIn,
    long documentsKept,
    long trainDocuments,
    long heldoutDocuments,
    int shards,
    Instant createdAt) {}
