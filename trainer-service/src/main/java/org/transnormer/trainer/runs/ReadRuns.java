package org.transnormer.trainer.runs;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.progress.RunMetrics;
import org.transnormer.trainer.progress.RunMetrics.Summary;

/** Gathers what people want to see of runs, in a handful of queries whatever their number. */
public final class ReadRuns {

  private final TrainingRuns runs;
  private final RunAttempts attempts;
  private final RunMetrics metrics;
  private final Checkpoints checkpoints;

  public ReadRuns(
      TrainingRuns runs, RunAttempts attempts, RunMetrics metrics, Checkpoints checkpoints) {
    this.runs = runs;
    this.attempts = attempts;
    this.metrics = metrics;
    this.checkpoints = checkpoints;
  }

  public Optional<RunDetails> read(String id) {
    return runs.find(id).map(run -> details(List.of(run)).getFirst());
  }

  /** Whether there is something new to read. */
  public OptionalLong version(String id) {
    return runs.version(id);
  }

  public List<RunDetails> list(TrainingRuns.Filter filter, Optional<String> after, int limit) {
    return details(runs.list(filter, after, limit));
  }

  private List<RunDetails> details(List<TrainingRun> found) {
    List<String> ids = found.stream().map(TrainingRun::id).toList();
    Map<String, List<RunAttempt>> tries =
        attempts.of(ids).stream().collect(Collectors.groupingBy(RunAttempt::runId));
    Map<String, Map<String, Summary>> summaries = metrics.summaries(ids);
    Map<String, Integer> counts = checkpoints.counts(ids);
    Instant now = runs.now();
    return found.stream()
        .map(run ->
            new RunDetails(
                run,
                tries.getOrDefault(run.id(), List.of()),
                summaries.getOrDefault(run.id(), Map.of()),
                counts.getOrDefault(run.id(), 0),
                now))
        .toList();
  }
}
