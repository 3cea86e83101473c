package org.transnormer.support.batch.kafka;

/** A partition waits to be done. The row says all the rest. */
public record PartitionRequested(
    long stepExecutionId, long jobExecutionId, String step, String partition) {}
