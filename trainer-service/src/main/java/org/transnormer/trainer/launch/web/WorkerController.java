package org.transnormer.trainer.launch.web;

import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.UnprocessableProblem;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;
import org.transnormer.trainer.launch.AssignAttempt;
import org.transnormer.trainer.launch.CommitCheckpoint;
import org.transnormer.trainer.launch.EndAttempt;
import org.transnormer.trainer.launch.HearWorker;
import org.transnormer.trainer.progress.Measurement;
import org.transnormer.trainer.progress.RunLog;
import org.transnormer.trainer.runs.RunAttempt.Outcome;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.RunSpec;
import org.transnormer.worker.protocol.Assignment;
import org.transnormer.worker.protocol.CheckpointReply;
import org.transnormer.worker.protocol.CheckpointReport;
import org.transnormer.worker.protocol.Directive;
import org.transnormer.worker.protocol.EndReport;
import org.transnormer.worker.protocol.Heartbeat;
import org.transnormer.worker.protocol.HeartbeatReply;
import org.transnormer.worker.protocol.LogReport;
import org.transnormer.worker.protocol.MetricsReport;

/** What workers ask and report; a run token lets them do so for their own attempt only. */
@Hidden // no part of the public API
@RestController
@RequestMapping("/internal/v1/runs/{runId}/attempts/{attempt}")
class WorkerController {

  private final AssignAttempt assign;
  private final HearWorker hear;
  private final CommitCheckpoint commit;
  private final EndAttempt end;
  private final WorkerTerms terms;

  WorkerController(
      AssignAttempt assign,
      HearWorker hear,
      CommitCheckpoint commit,
      EndAttempt end,
      WorkerTerms terms) {
    this.assign = assign;
    this.hear = hear;
    this.commit = commit;
    this.end = end;
    this.terms = terms;
  }

  @GetMapping("/assignment")
  Assignment assignment(@PathVariable String runId, @PathVariable int attempt) {
    AssignAttempt.Assigned assigned = assign.assign(runId, attempt);
    RunSpec spec = assigned.run().spec();
    return new Assignment(
        runId,
        attempt,
        assigned.attempt().epoch(),
        spec.training().toJson(),
        spec.data().tokenSetPrefix(),
        Assignment.checkpointRoot(runId, attempt),
        assigned
            .resumeFrom()
            .map(from ->
                new Assignment.ResumePoint(from.prefix(), from.manifestDigest(), from.step()))
            .orElse(null),
        Math.toIntExact(terms.lease().toSeconds()),
        spec.threads() == null ? 0 : spec.threads(),
        new Assignment.Rendezvous(spec.ranks(), terms.rendezvous(runId, attempt, spec.ranks())));
  }

  @PostMapping("/heartbeat")
  HeartbeatReply heartbeat(
      @PathVariable String runId, @PathVariable int attempt, @RequestBody Heartbeat beat) {
    HearWorker.Order order =
        hear.heartbeat(
            runId,
            attempt,
            beat.epoch(),
            new RunAttempts.Beat(
                beat.rank(),
                RunSpec.word(beat.state()),
                beat.step(),
                Optional.ofNullable(beat.device())));
    return new HeartbeatReply(
        switch (order) {
          case GO_ON -> Directive.CONTINUE;
          case STOP -> Directive.STOP;
          case SAVE_AND_STOP -> Directive.CHECKPOINT_AND_STOP;
        });
  }

  @PostMapping("/metrics")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void metrics(
      @PathVariable String runId, @PathVariable int attempt, @RequestBody MetricsReport report) {
    if (report.points().size() > MetricsReport.MOST_POINTS) {
      throw new InvalidProblem("/points", "holds more than " + MetricsReport.MOST_POINTS);
    }
    List<Measurement> measurements =
        report.points().stream()
            .map(point -> new Measurement(point.key(), point.step(), point.value()))
            .toList();
    hear.measured(runId, attempt, report.epoch(), measurements);
  }

  @PostMapping("/log")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void log(@PathVariable String runId, @PathVariable int attempt, @RequestBody LogReport report) {
    if (report.lines().size() > LogReport.MOST_LINES) {
      throw new InvalidProblem("/lines", "holds more than " + LogReport.MOST_LINES);
    }
    hear.wrote(
        runId,
        attempt,
        report.epoch(),
        report.lines().stream()
            .map(line ->
                new RunLog.Line(
                    attempt, report.rank(), line.sequence(), line.at(), line.level(), line.text()))
            .toList());
  }

  @PostMapping("/checkpoints")
  CheckpointReply checkpoint(
      @PathVariable String runId, @PathVariable int attempt, @RequestBody CheckpointReport report)
      throws IOException {
    try {
      String id =
          commit.commit(
              runId,
              attempt,
              Assignment.checkpointRoot(runId, attempt),
              new CommitCheckpoint.Report(
                  report.epoch(),
                  report.step(),
                  report.prefix(),
                  report.manifestDigest(),
                  optional(report.loss()),
                  optional(report.heldoutLoss())));
      return new CheckpointReply(id);
    } catch (UnusableCheckpointException e) {
      throw new UnprocessableProblem(String.valueOf(e.getMessage()));
    }
  }

  private static OptionalDouble optional(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  @PostMapping("/end")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void end(@PathVariable String runId, @PathVariable int attempt, @RequestBody EndReport report) {
    Outcome outcome =
        switch (report.outcome()) {
          case SUCCEEDED -> Outcome.SUCCEEDED;
          case FAILED -> Outcome.FAILED;
          case CANCELLED -> Outcome.CANCELLED;
          case SUSPENDED -> Outcome.SUSPENDED;
        };
    end.end(
        runId,
        attempt,
        report.epoch(),
        outcome,
        report.reason(),
        Optional.ofNullable(report.finalCheckpoint()));
  }
}
