package org.transnormer.worker.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint whose manifest is in the store.
 *
 * @param manifestDigest SHA-256 of the manifest
 * @param bytes of all its files
 * @param heldoutLoss nats per token; null if it was not measured at this step
 */
public record CheckpointReport(
    long epoch,
    long step,
    String prefix,
    String manifestDigest,
    long bytes,
    @Nullable Double loss,
    @Nullable Double heldoutLoss,
    @Nullable String tokenSetId,
    @Nullable String snapshotId) {}
