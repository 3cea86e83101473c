package org.transnormer.support.events;

/**
 * Somebody is asked to work on one partition of a batch step. A doorbell: the claim row decides.
 */
public record PartitionRequested(
    String job, long jobExecutionId, long stepExecutionId, String partition) {}
