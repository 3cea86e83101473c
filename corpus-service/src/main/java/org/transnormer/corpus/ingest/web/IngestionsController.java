package org.transnormer.corpus.ingest.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.ingest.Failure;
import org.transnormer.corpus.ingest.FailureCursor;
import org.transnormer.corpus.ingest.Ingestion;
import org.transnormer.corpus.ingest.IngestionJobs;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.ingest.Ingestions.Totals;
import org.transnormer.corpus.ingest.ListFailures;
import org.transnormer.corpus.ingest.StartIngestion;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** Ingestions over REST. */
@RestController
@RequestMapping("/api/v1/corpora/{corpusId}/ingestions")
@Tag(name = "ingestions", description = "Reading sources into shards")
class IngestionsController {
  private final Corpora corpora;
  private final Ingestions ingestions;
  private final IngestionJobs jobs;
  private final StartIngestion start;
  private final ListFailures failures;
  private final Clock clock;

  IngestionsController(
      Corpora corpora,
      Ingestions ingestions,
      IngestionJobs jobs,
      StartIngestion start,
      ListFailures failures,
      Clock clock) {
    this.corpora = corpora;
    this.ingestions = ingestions;
    this.jobs = jobs;
    this.start = start;
    this.failures = failures;
    this.clock = clock;
  }

  /**
   * @param sources ids or names; all sources of the corpus when left out
   */
  record NewIngestion(@Nullable @Size(max = 999) List<@NotBlank @Size(max = 100) String> sources) {}

  @Idempotent
  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(summary = "Read sources into shards")
  ResponseEntity<IngestionView> start(
      @PathVariable String corpusId,
      @Valid @RequestBody(required = false) @Nullable NewIngestion request) {
    Ingestion started =
        start.start(corpusId, request == null ? null : request.sources(), Caller.current());
    return accepted(started);
  }

  @GetMapping
  @Operation(summary = "List the ingestions of a corpus, the latest first")
  Page<IngestionView> list(
      @PathVariable String corpusId,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    if (corpora.find(corpusId).isEmpty()) {
      throw new NotFoundProblem("corpus", corpusId);
    }
    int most = Page.limit(limit);
    Page<Ingestion> page =
        Page.of(
            ingestions.list(corpusId, Page.after(after, Ids::isId), most + 1), most, Ingestion::id);
    Map<String, Totals> totals =
        ingestions.totals(page.items().stream().map(Ingestion::id).toList());
    Map<String, JobRun> runs = jobs.runs(page.items());
    return page.map(each ->
        IngestionView.of(
            each,
            totals.getOrDefault(each.id(), Totals.NONE),
            runs.get(each.id()),
            null,
            clock.instant()));
  }

  @GetMapping("/{ingestionId}")
  @Operation(summary = "One ingestion with its progress")
  IngestionView one(@PathVariable String corpusId, @PathVariable String ingestionId) {
    return view(find(corpusId, ingestionId));
  }

  @GetMapping("/{ingestionId}/failures")
  @Operation(summary = "Files and documents that were not taken, with their reasons")
  Page<Failure> failures(
      @PathVariable String corpusId,
      @PathVariable String ingestionId,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit)
      throws IOException {
    Ingestion ingestion = find(corpusId, ingestionId);
    FailureCursor cursor =
        after == null
            ? null
            : FailureCursor.parse(after)
                .orElseThrow(() -> new InvalidProblem("after", "not a cursor of this list"));
    return failures.list(ingestion.id(), cursor, Page.limit(limit));
  }

  @Answers(problems = 409)
  @PostMapping("/{ingestionId}/stop")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(summary = "Stop after the files now being read; restart goes on from there")
  ResponseEntity<IngestionView> stop(
      @PathVariable String corpusId, @PathVariable String ingestionId) {
    Ingestion ingestion = find(corpusId, ingestionId);
    start.stop(ingestion, Caller.current());
    return accepted(ingestion);
  }

  @Idempotent
  @PostMapping("/{ingestionId}/restart")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(summary = "Go on with what is not done")
  ResponseEntity<IngestionView> restart(
      @PathVariable String corpusId, @PathVariable String ingestionId) {
    Ingestion ingestion = find(corpusId, ingestionId);
    start.restart(ingestion, Caller.current());
    return accepted(ingestion);
  }

  private ResponseEntity<IngestionView> accepted(Ingestion ingestion) {
    return ResponseEntity.accepted()
        .location(URI.create(ingestion.resource()))
        .body(view(ingestion));
  }

  private Ingestion find(String corpusId, String ingestionId) {
    return ingestions
        .find(ingestionId)
        .filter(ingestion -> ingestion.corpusId().equals(corpusId))
        .orElseThrow(() -> new NotFoundProblem("ingestion", ingestionId));
  }

  private IngestionView view(Ingestion ingestion) {
    Ingestion now = ingestions.find(ingestion.id()).orElse(ingestion);
    return IngestionView.of(
        now,
        ingestions.totals(List.of(now.id())).getOrDefault(now.id(), Totals.NONE),
        jobs.runs(List.of(now)).get(now.id()),
        ingestions.reasons(now.id()),
        clock.instant());
  }
}
