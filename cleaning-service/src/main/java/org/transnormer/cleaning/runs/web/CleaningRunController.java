package org.transnormer.cleaning.runs.web;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.cleaning.decide.Counts;
import org.transnormer.cleaning.recipe.InvalidRecipeException;
import org.transnormer.cleaning.recipe.web.RecipeProblems;
import org.transnormer.cleaning.runs.CleaningRun;
import org.transnormer.cleaning.runs.CleaningRuns;
import org.transnormer.cleaning.runs.RunExplorer;
import org.transnormer.cleaning.runs.StartCleaning;
import org.transnormer.cleaning.runs.StartCleaning.Outcome;
import org.transnormer.cleaning.runs.web.CleaningRunView.DropView;
import org.transnormer.cleaning.work.web.Actors;
import org.transnormer.cleaning.work.web.WorkActions;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.problems.UnprocessableProblem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(
    name = "cleaning runs",
    description = "A recipe applied to a corpus, from its documents to a snapshot")
@RequestMapping(CleaningRunController.PATH)
class CleaningRunController {

  static final String PATH = "/api/v1/cleaning-runs";
  private static final String KIND = "cleaning run";
  private static final int MOST_SAMPLES = 50;
  private static final int EXCERPT = 2_000;

  private final StartCleaning start;
  private final CleaningRuns runs;
  private final CleaningRunViews views;
  private final RunExplorer explorer;
  private final WorkActions actions;
  private final RunEvents events;

  CleaningRunController(
      StartCleaning start,
      CleaningRuns runs,
      CleaningRunViews views,
      RunExplorer explorer,
      WorkActions actions,
      RunEvents events) {
    this.start = start;
    this.runs = runs;
    this.views = views;
    this.explorer = explorer;
    this.actions = actions;
    this.events = events;
  }

  /**
   * @param recipe a name, or an object with name and version
   * @param overrides a JSON merge patch on the recipe
   */
  record StartRequest(
      @NotBlank String corpusId,
      @NotNull @Valid RecipeChoice recipe,
      @Schema(type = "object") @Nullable JsonNode overrides) {}

  /** The latest version unless one is named. */
  @Schema(
      oneOf = {String.class, RecipeVersion.class},
      description = "name of a recipe, or an object with name and version")
  record RecipeChoice(@NotBlank String name, @Nullable Integer version) {

    @JsonCreator
    static RecipeChoice of(JsonNode json) {
      if (json.isString()) {
        return new RecipeChoice(json.asString(), null);
      }
      boolean known =
          json instanceof ObjectNode object
              && object.propertyNames().stream().allMatch(List.of("name", "version")::contains);
      if (!known || !json.path("name").isString()) {
        throw new IllegalArgumentException("must be a name or an object with name and version");
      }
      JsonNode version = json.path("version");
      if (!version.isMissingNode() && !version.isIntegralNumber()) {
        throw new IllegalArgumentException("the version must be a whole number");
      }
      return new RecipeChoice(
          json.path("name").asString(), version.isMissingNode() ? null : version.asInt());
    }
  }

  record RecipeVersion(String name, @Nullable Integer version) {}

  @Operation(summary = "Clean a corpus with a recipe")
  @Answers(problems = 404)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping
  @Idempotent
  ResponseEntity<CleaningRunView> launch(@RequestBody @Valid StartRequest request) {
    StartCleaning.Order order =
        new StartCleaning.Order(
            request.corpusId(),
            request.recipe().name(),
            request.recipe().version(),
            overrides(request.overrides()));
    try {
      return switch (start.start(order, Actors.current())) {
        case Outcome.Started(CleaningRun run) ->
            ResponseEntity.accepted()
                .location(URI.create(PATH + "/" + run.id()))
                .body(views.view(run));
        case Outcome.UnknownCorpus() -> throw new NotFoundProblem("corpus", request.corpusId());
        case Outcome.UnknownRecipe() ->
            throw new NotFoundProblem("recipe", request.recipe().name());
        case Outcome.EmptyCorpus() ->
            throw new UnprocessableProblem(
                "corpus %s has no documents: ingest some first".formatted(request.corpusId()));
      };
    } catch (InvalidRecipeException e) {
      throw RecipeProblems.problem(e, "/overrides");
    }
  }

  private static @Nullable ObjectNode overrides(@Nullable JsonNode overrides) {
    if (overrides == null || overrides.isNull()) {
      return null;
    }
    if (overrides instanceof ObjectNode object) {
      return object;
    }
    throw new InvalidProblem("/overrides", "must be an object");
  }

  @Operation(summary = "List cleaning runs, newest first")
  @GetMapping
  Page<CleaningRunView> list(
      @RequestParam @Nullable String corpus,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable Integer limit) {
    int most = Page.limit(limit);
    return Page.of(runs.list(corpus, Page.after(after, Ids::isId), most + 1), most, CleaningRun::id)
        .map(views::view);
  }

  @Operation(summary = "A cleaning run with its counts, stages and rounds")
  @GetMapping("/{id}")
  CleaningRunView one(@PathVariable String id) {
    return views.view(require(id));
  }

  /** The run's view each time it changes, until the run is at rest. */
  @Operation(summary = "The run as it happens, as server-sent events")
  @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter events(
      @PathVariable String id,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String last) {
    require(id);
    return events.stream(() -> views.view(require(id)), last);
  }

  @Operation(summary = "Stop a run after what is now at work; restart goes on from there")
  @Answers(problems = 409)
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/stop")
  ResponseEntity<CleaningRunView> stop(@PathVariable String id) {
    actions.stop(require(id).id(), PATH + "/" + id);
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(one(id));
  }

  @Operation(summary = "Go on with a run that stopped or failed")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @PostMapping("/{id}/restart")
  @Idempotent
  ResponseEntity<CleaningRunView> restart(@PathVariable String id) {
    actions.restart(require(id).id(), PATH + "/" + id);
    return ResponseEntity.accepted().location(URI.create(PATH + "/" + id)).body(one(id));
  }

  @Operation(summary = "Give a run up for good")
  @Answers(problems = 409)
  @PostMapping("/{id}/abandon")
  ResponseEntity<CleaningRunView> abandon(@PathVariable String id) {
    actions.abandon(require(id).id(), PATH + "/" + id);
    return ResponseEntity.ok(one(id));
  }

  @Operation(summary = "What the run decided about a document, and why")
  @Answers(problems = 409)
  @GetMapping("/{id}/verdicts/{documentId}")
  VerdictView verdict(@PathVariable String id, @PathVariable String documentId) throws IOException {
    CleaningRun run = require(id);
    if (!Document.isId(documentId)) {
      throw new NotFoundProblem("document", documentId);
    }
    return early(() -> explorer.explain(run, documentId))
        .map(explained -> VerdictView.of(id, explained))
        .orElseThrow(() -> new NotFoundProblem("document of this run:", documentId));
  }

  record SampleView(
      String documentId,
      String source,
      String stage,
      String reason,
      @Nullable Double value,
      @Nullable Double limit,
      String excerpt) {

    static SampleView of(RunExplorer.Sample sample) {
      String text = sample.document().text();
      int end = text.length() <= EXCERPT ? text.length() : text.offsetByCodePoints(0, EXCERPT / 2);
      var verdict = sample.verdict();
      return new SampleView(
          sample.document().id(),
          sample.document().source(),
          verdict.stage().label(),
          verdict.reason(),
          Double.isFinite(verdict.value()) ? Double.valueOf(verdict.value()) : null,
          Double.isFinite(verdict.limit()) ? Double.valueOf(verdict.limit()) : null,
          text.substring(0, end));
    }
  }

  /** Documents that were dropped for a reason, with the beginning of their text. */
  @Operation(summary = "Documents that were dropped for a reason, with the beginning of their text")
  @Answers(problems = 409)
  @GetMapping("/{id}/samples")
  Page<SampleView> samples(
      @PathVariable String id, @RequestParam String reason, @RequestParam @Nullable Integer limit)
      throws IOException {
    CleaningRun run = require(id);
    int most = Math.min(Page.limit(limit), MOST_SAMPLES);
    return new Page<>(
        early(() -> explorer.samples(run, reason, most)).stream().map(SampleView::of).toList(),
        null);
  }

  record WhatIfRequest(@NotNull Map<String, Double> limits) {}

  /** What the limits would keep and drop, beside what the run does. */
  record WhatIfView(
      long in,
      long kept,
      long train,
      long heldout,
      long dropped,
      long failed,
      long unscored,
      List<DropView> drops) {

    static WhatIfView of(Counts counts) {
      return new WhatIfView(
          counts.in(),
          counts.kept(),
          counts.train(),
          counts.heldOut(),
          counts.droppedInAll(),
          counts.failed(),
          counts.unscored(),
          counts.dropped().entrySet().stream()
              .map(each ->
                  new DropView(
                      each.getKey().stage().label(), each.getKey().reason(), each.getValue()))
              .toList());
    }
  }

  @Operation(summary = "What other limits would keep and drop; changes nothing")
  @Answers(problems = 409)
  @PostMapping("/{id}/what-if")
  WhatIfView whatIf(@PathVariable String id, @RequestBody @Valid WhatIfRequest request)
      throws IOException {
    CleaningRun run = require(id);
    try {
      return WhatIfView.of(early(() -> explorer.whatIf(run, request.limits())));
    } catch (InvalidRecipeException e) {
      throw RecipeProblems.problem(e, "");
    }
  }

  private CleaningRun require(String id) {
    return runs.find(id).orElseThrow(() -> new NotFoundProblem(KIND, id));
  }

  private interface Answer<T> {
    T get() throws IOException;
  }

  private static <T> T early(Answer<T> answer) throws IOException {
    try {
      return answer.get();
    } catch (RunExplorer.TooEarlyException e) {
      throw new ConflictProblem(String.valueOf(e.getMessage()));
    }
  }
}
