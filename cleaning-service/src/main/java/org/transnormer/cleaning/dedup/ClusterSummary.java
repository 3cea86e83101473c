package org.transnormer.cleaning.dedup;

/**
 * What was found to be alike. Clusters of near duplicates take in the exact ones.
 *
 * @param exactDocuments documents in clusters of exact duplicates, one per cluster of which stays
 * @param nearDocuments documents in clusters of near duplicates
 */
public record ClusterSummary(
    long exactClusters, long exactDocuments, long nearClusters, long nearDocuments) {}
