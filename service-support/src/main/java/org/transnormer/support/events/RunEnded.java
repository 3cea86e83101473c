package org.transnormer.support.events;

import org.jspecify.annotations.Nullable;

/** A training run has reached a final state. */
public record RunEnded(
    String runId, String state, @Nullable String checkpointId, @Nullable String reason) {}
