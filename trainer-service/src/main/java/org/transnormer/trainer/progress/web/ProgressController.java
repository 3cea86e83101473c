package org.transnormer.trainer.progress.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.trainer.progress.KnownRuns;
import org.transnormer.trainer.progress.RunLog;
import org.transnormer.trainer.progress.RunMetrics;
import org.transnormer.trainer.progress.Series;

/** What a run measured and wrote. */
@Tag(name = "training runs", description = "Training runs: their state, figures and logs")
@RestController
@RequestMapping("/api/v1/training-runs/{id}")
class ProgressController {

  private static final int LEAST_POINTS = 8;
  private static final int MOST_POINTS = 20_000;
  private static final int USUAL_POINTS = 1_000;
  private static final int MOST_LINES = 5_000;
  private static final int USUAL_LINES = 200;

  private final RunMetrics metrics;
  private final RunLog log;
  private final KnownRuns runs;

  ProgressController(RunMetrics metrics, RunLog log, KnownRuns runs) {
    this.metrics = metrics;
    this.log = log;
    this.runs = runs;
  }

  /**
   * @param points that count
   * @param discarded what lost attempts measured beyond the checkpoint that the next one went on
   *     from
   */
  record SeriesView(String key, List<PointView> points, List<PointView> discarded) {}

  record LogView(List<LineView> lines) {}

  record LineView(int attempt, int rank, Instant at, String level, String text) {}

  @Operation(
      summary = "One metric against its steps, thinned",
      description =
          "Keys are in the run's field metrics. Of each stretch of steps the lowest and the highest"
              + " value stay, and every kind of value that is no finite number.")
  @GetMapping("/metrics")
  SeriesView metrics(
      @PathVariable String id,
      @RequestParam String key,
      @RequestParam(defaultValue = "0") long from,
      @RequestParam(name = "max-points", required = false) @Nullable Integer maxPoints) {
    requireRun(id);
    int most = maxPoints == null ? USUAL_POINTS : maxPoints;
    if (most < LEAST_POINTS || most > MOST_POINTS) {
      throw new InvalidProblem(
          "max-points", "must be between %d and %d".formatted(LEAST_POINTS, MOST_POINTS));
    }
    Series series = metrics.series(id, key, from, most);
    if (series.points().isEmpty() && series.discarded().isEmpty() && !isKnown(id, key)) {
      throw new NotFoundProblem("metric", "%s of run %s".formatted(key, id));
    }
    return new SeriesView(
        key,
        series.points().stream().map(PointView::of).toList(),
        series.discarded().stream().map(PointView::of).toList());
  }

  /** A metric of which nothing has been measured yet is empty, not unknown. */
  private boolean isKnown(String id, String key) {
    return RunMetrics.EXPECTED.contains(key) || metrics.keys(id).contains(key);
  }

  @Operation(summary = "The last lines that the workers wrote")
  @GetMapping("/logs")
  LogView logs(@PathVariable String id, @RequestParam(required = false) @Nullable Integer tail) {
    requireRun(id);
    int lines = tail == null ? USUAL_LINES : Math.clamp(tail, 1, MOST_LINES);
    return new LogView(
        log.tail(id, lines).stream()
            .map(line ->
                new LineView(line.attempt(), line.rank(), line.at(), line.level(), line.text()))
            .toList());
  }

  private void requireRun(String id) {
    if (!runs.exists(id)) {
      throw new NotFoundProblem("training run", id);
    }
  }
}
