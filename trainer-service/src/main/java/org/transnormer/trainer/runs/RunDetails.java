package org.transnormer.trainer.runs;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.transnormer.trainer.progress.RunMetrics.Summary;

/**
 * A run with what is known around it.
 *
 * @param metrics by key
 * @param checkpoints that can be used
 * @param now of the database
 */
public record RunDetails(
    TrainingRun run,
    List<RunAttempt> attempts,
    Map<String, Summary> metrics,
    int checkpoints,
    Instant now) {}
