package org.transnormer.worker.protocol;

/** The name under which the trainer keeps the checkpoint. */
public record CheckpointReply(String checkpointId) {}
