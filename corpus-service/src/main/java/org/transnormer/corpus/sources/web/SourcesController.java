package org.transnormer.corpus.sources.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
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
import org.transnormer.corpus.audit.Audit;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.sources.AddSource;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceCounts;
import org.transnormer.corpus.sources.Sources;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

/** Sources over REST. */
@RestController
@RequestMapping("/api/v1/corpora/{corpusId}/sources")
@Tag(name = "sources", description = "Places that a corpus is read from")
class SourcesController {
  private final Corpora corpora;
  private final Sources sources;
  private final AddSource addSource;
  private final Clock clock;

  SourcesController(Corpora corpora, Sources sources, AddSource addSource, Clock clock) {
    this.corpora = corpora;
    this.sources = sources;
    this.addSource = addSource;
    this.clock = clock;
  }

  @Answers(problems = {409, 422})
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(summary = "Add a place to read from")
  ResponseEntity<SourceView> add(
      @PathVariable String corpusId, @Valid @RequestBody NewSource request) {
    Caller caller = Caller.current();
    Source source = request.source(Ids.next(), corpusId, Audit.now(clock), caller.name());
    addSource.add(source, caller);
    return ResponseEntity.created(
            URI.create("/api/v1/corpora/" + corpusId + "/sources/" + source.id()))
        .body(SourceView.of(source, SourceCounts.NONE));
  }

  @GetMapping
  @Operation(summary = "List the sources of a corpus in order of creation")
  Page<SourceView> list(
      @PathVariable String corpusId,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    if (corpora.find(corpusId).isEmpty()) {
      throw new NotFoundProblem("corpus", corpusId);
    }
    int most = Page.limit(limit);
    Page<Source> page =
        Page.of(sources.list(corpusId, Page.after(after, Ids::isId), most + 1), most, Source::id);
    Map<String, SourceCounts> counts =
        sources.counts(page.items().stream().map(Source::id).toList());
    return page.map(
        source -> SourceView.of(source, counts.getOrDefault(source.id(), SourceCounts.NONE)));
  }

  @GetMapping("/{sourceId}")
  @Operation(summary = "One source")
  SourceView one(@PathVariable String corpusId, @PathVariable String sourceId) {
    return sources
        .find(sourceId)
        .filter(source -> source.corpusId().equals(corpusId))
        .map(source ->
            SourceView.of(
                source,
                sources.counts(List.of(sourceId)).getOrDefault(sourceId, SourceCounts.NONE)))
        .orElseThrow(() -> new NotFoundProblem("source", sourceId));
  }
}
