package org.transnormer.cleaning.work;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One piece of long work.
 *
 * @param execution the newest batch execution
 */
public record Work(
    String id,
    WorkKind kind,
    WorkState state,
    OptionalLong execution,
    String launchedBy,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {}
