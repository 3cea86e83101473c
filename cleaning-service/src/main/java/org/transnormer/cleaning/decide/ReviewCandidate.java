package org.transnormer.cleaning.decide;

/**
 * A document near a cut.
 *
 * @param shard index in the run's list of shards
 * @param nats its score
 * @param limit the cut it lies near, in nats
 * @param kept what the cut says of it
 */
public record ReviewCandidate(
    String documentId,
    int shard,
    int ordinal,
    String stratum,
    double nats,
    double limit,
    boolean kept) {}
