package org.transnormer.trainer.aliases;

import java.time.Instant;

/**
 * A name for a checkpoint.
 *
 * @param version counts its moves, from 1
 */
public record Alias(
    String name, String checkpointId, long version, String movedBy, Instant movedAt) {}
