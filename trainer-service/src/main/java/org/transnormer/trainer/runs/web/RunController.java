package org.transnormer.trainer.runs.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.FieldError;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.runs.BatchDocuments;
import org.transnormer.trainer.runs.InvalidSpecException;
import org.transnormer.trainer.runs.Purpose;
import org.transnormer.trainer.runs.ReadRuns;
import org.transnormer.trainer.runs.RunDetails;
import org.transnormer.trainer.runs.SpecForm;
import org.transnormer.trainer.runs.SpecMerge;
import org.transnormer.trainer.runs.StartRun;
import org.transnormer.trainer.runs.SteerRun;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns.Filter;
import org.transnormer.trainer.runs.web.RunRequests.CloneRunRequest;
import org.transnormer.trainer.runs.web.RunRequests.StartRunRequest;

/** {@code /api/v1/training-runs}: start, look at and steer training runs. */
@Tag(name = "training runs", description = "Training runs: their state, figures and logs")
@RestController
@RequestMapping(RunController.PATH)
class RunController {

  static final String PATH = "/api/v1/training-runs";

  private static final Set<String> STATES =
      Set.of(
          "queued",
          "starting",
          "running",
          "recovering",
          "stopping",
          "suspended",
          "succeeded",
          "failed",
          "cancelled");

  private final StartRun startRun;
  private final SteerRun steerRun;
  private final ReadRuns readRuns;
  private final BatchDocuments batchDocuments;

  RunController(
      StartRun startRun, SteerRun steerRun, ReadRuns readRuns, BatchDocuments batchDocuments) {
    this.startRun = startRun;
    this.steerRun = steerRun;
    this.readRuns = readRuns;
    this.batchDocuments = batchDocuments;
  }

  @Operation(summary = "Start a training run")
  @Idempotent
  @Answers(problems = 503)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping
  ResponseEntity<RunView> start(@Valid @RequestBody StartRunRequest request) {
    Purpose purpose = Objects.requireNonNullElse(request.purpose(), Purpose.MODEL);
    return accepted(
        checked(() ->
                startRun.start(request.name(), purpose, request.spec(), Optional.empty(), actor()))
            .id());
  }

  @Operation(summary = "List training runs, newest first")
  @GetMapping
  Page<RunView> list(
      @RequestParam @Nullable String state,
      @RequestParam @Nullable Purpose purpose,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable Integer limit) {
    if (state != null && !STATES.contains(state)) {
      throw new InvalidProblem("state", "must be one of " + String.join(", ", STATES));
    }
    int most = Page.limit(limit);
    List<RunDetails> found =
        readRuns.list(
            new Filter(Optional.ofNullable(state), Optional.ofNullable(purpose)),
            Optional.ofNullable(Page.after(after, Ids::isId)),
            most + 1);
    return Page.of(found, most, details -> details.run().id()).map(RunView::of);
  }

  @Operation(summary = "A training run with its attempts and newest figures")
  @GetMapping("/{id}")
  RunView get(@PathVariable String id) {
    return RunView.of(details(id));
  }

  @Operation(summary = "Stop a run for good; its checkpoints stay")
  @Answers(problems = 409)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/cancel")
  ResponseEntity<RunView> cancel(@PathVariable String id) {
    return steered(id, steerRun.cancel(id, actor()));
  }

  @Operation(summary = "Write a checkpoint and give the machines back")
  @Answers(problems = 409)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/suspend")
  ResponseEntity<RunView> suspend(@PathVariable String id) {
    return steered(id, steerRun.suspend(id, actor()));
  }

  @Operation(summary = "Go on with a suspended or failed run from its last good checkpoint")
  @Idempotent
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/resume")
  ResponseEntity<RunView> resume(@PathVariable String id) {
    return steered(id, steerRun.resume(id, actor()));
  }

  @Operation(summary = "Start another run with the same specification, or with some of it changed")
  @Idempotent
  @Answers(problems = 503)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/clone")
  ResponseEntity<RunView> cloneRun(
      @PathVariable String id,
      @Valid @RequestBody(required = false) @Nullable CloneRunRequest body) {
    TrainingRun original = details(id).run();
    CloneRunRequest request = body == null ? new CloneRunRequest(null, null, null) : body;
    @Nullable SpecForm changes = request.spec();
    SpecForm form = SpecMerge.merge(original.spec(), changes == null ? SpecForm.EMPTY : changes);
    return accepted(
        checked(() ->
                startRun.start(
                    Objects.requireNonNullElse(request.name(), original.name()),
                    Objects.requireNonNullElse(request.purpose(), original.purpose()),
                    form,
                    Optional.of(id),
                    actor()))
            .id());
  }

  @Operation(summary = "The documents that a step's batch was drawn from")
  @GetMapping("/{id}/steps/{step}/documents")
  BatchView documents(@PathVariable String id, @PathVariable long step) throws IOException {
    TrainingRun run = details(id).run();
    if (step < 1 || step > run.spec().steps()) {
      throw new NotFoundProblem("step", "%d of run %s".formatted(step, id));
    }
    return BatchView.of(step, batchDocuments.of(run, step));
  }

  private RunDetails details(String id) {
    return readRuns.read(id).orElseThrow(() -> new NotFoundProblem("training run", id));
  }

  private ResponseEntity<RunView> steered(String id, SteerRun.Outcome outcome) {
    return switch (outcome) {
      case SteerRun.Accepted _ -> accepted(id);
      case SteerRun.Refused(String why) -> throw new ConflictProblem(why);
      case SteerRun.UnknownRun _ -> throw new NotFoundProblem("training run", id);
    };
  }

  private ResponseEntity<RunView> accepted(String id) {
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(get(id));
  }

  private static TrainingRun checked(Supplier<TrainingRun> start) {
    try {
      return start.get();
    } catch (InvalidSpecException e) {
      throw new InvalidProblem(
          e.faults().stream()
              .map(fault -> new FieldError(fault.pointer(), fault.detail()))
              .toList());
    }
  }

  private static Actor actor() {
    Caller caller = Caller.current();
    return new Actor(caller.subject(), caller.role().text(), caller.name());
  }
}
