package org.transnormer.support.events;

/** A snapshot is in the store. */
public record SnapshotCommitted(
    String snapshotId,
    String prefix,
    String corpusId,
    String cleaningRunId,
    String recipeHash,
    long documentsIn,
    long documentsKept,
    long trainDocuments,
    long heldoutDocuments) {}
