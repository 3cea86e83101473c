package org.transnormer.trainer.runs.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.trainer.progress.EventCursor;
import org.transnormer.trainer.runs.ReadRuns;

/** A run as it happens. */
@Tag(name = "training runs", description = "Training runs: their state, figures and logs")
@RestController
class RunEventsController {

  private final ReadRuns runs;
  private final RunStreams streams;

  RunEventsController(ReadRuns runs, RunStreams streams) {
    this.runs = runs;
    this.streams = streams;
  }

  @Operation(
      summary = "The run as it happens, as server-sent events",
      description =
          "Events: run (the run, whenever its state changes), metrics (new points), end. A client"
              + " that comes back with Last-Event-ID misses nothing.")
  @Answers(problems = 429)
  @GetMapping(
      path = RunController.PATH + "/{id}/events",
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter events(
      @PathVariable String id,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
    if (runs.version(id).isEmpty()) {
      throw new NotFoundProblem("training run", id);
    }
    return streams.follow(id, EventCursor.parse(lastEventId));
  }
}
