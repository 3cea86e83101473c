package org.transnormer.corpus.jobs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last run of a job.
 *
 * @param jobId names it in the list of jobs
 * @param state as in every work status
 * @param attempt counted from 1
 * @param reason why it failed or was stopped
 */
public record JobRun(
    String jobId,
    String state,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    int attempt,
    @Nullable String reason) {}
