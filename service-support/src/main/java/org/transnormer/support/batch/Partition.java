package org.transnormer.support.batch;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A partition as its row tells.
 *
 * @param state waiting, running, done, failed, stopped or abandoned
 * @param done units done, of {@code total}
 */
public record Partition(
    long stepExecutionId,
    long jobExecutionId,
    String step,
    String name,
    Map<String, String> parameters,
    String state,
    long epoch,
    int attempts,
    @Nullable String worker,
    long done,
    long total,
    String unit,
    Map<String, Long> counters,
    Map<String, String> results,
    @Nullable String reason,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {}
