package org.transnormer.support.events;

import org.jspecify.annotations.Nullable;

/** An alias names another checkpoint now. */
public record AliasMoved(
    String alias, String checkpointId, @Nullable String previousCheckpointId) {}
