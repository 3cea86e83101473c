package org.transnormer.support.events;

/** A checkpoint is in the store. */
public record CheckpointCommitted(
    String checkpointId, String runId, long step, String prefix, String manifestDigest) {}
