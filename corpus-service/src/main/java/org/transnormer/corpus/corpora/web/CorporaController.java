package org.transnormer.corpus.corpora.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.corpora.Corpus;
import org.transnormer.corpus.corpora.CorpusCounts;
import org.transnormer.corpus.corpora.RegisterCorpus;
import org.transnormer.support.Ids;
import org.transnormer.support.Page;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.problems.PreconditionFailedProblem;
import org.transnormer.support.problems.PreconditionRequiredProblem;
import org.transnormer.support.security.Caller;

/** Corpora over REST. */
@RestController
@RequestMapping("/api/v1/corpora")
@Tag(name = "corpora", description = "Corpora: what they are called, may hold and hold")
class CorporaController {
  /** Printable, and no white space at either end. */
  private static final String NAME = "\\S(?:[^\\p{Cntrl}]*\\S)?";

  private final Corpora corpora;
  private final RegisterCorpus register;

  CorporaController(Corpora corpora, RegisterCorpus register) {
    this.corpora = corpora;
    this.register = register;
  }

  record NewCorpus(
      @NotBlank @Size(max = 100) @Pattern(regexp = NAME) String name,
      @Nullable @Size(max = 4000) String description,
      @Nullable @Size(max = 100) List<@NotBlank @Size(max = 200) String> licencePolicy) {}

  record CorpusChange(
      @Nullable @Size(min = 1, max = 100) @Pattern(regexp = NAME) String name,
      @Nullable @Size(max = 4000) String description,
      @Nullable @Size(max = 100) List<@NotBlank @Size(max = 200) String> licencePolicy) {}

  @Answers(problems = 409, headers = HttpHeaders.ETAG)
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(summary = "Create a corpus")
  ResponseEntity<CorpusView> create(@Valid @RequestBody NewCorpus request) {
    Corpus corpus =
        register.create(
            request.name(),
            request.description() == null ? "" : request.description(),
            request.licencePolicy() == null ? List.of() : request.licencePolicy(),
            Caller.current());
    return ResponseEntity.created(URI.create("/api/v1/corpora/" + corpus.id()))
        .eTag(tag(corpus, CorpusCounts.NONE))
        .body(CorpusView.of(corpus, CorpusCounts.NONE));
  }

  @GetMapping
  @Operation(summary = "List corpora in order of creation")
  Page<CorpusView> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit) {
    int most = Page.limit(limit);
    Page<Corpus> page =
        Page.of(corpora.list(Page.after(after, Ids::isId), most + 1), most, Corpus::id);
    Map<String, CorpusCounts> counts =
        corpora.counts(page.items().stream().map(Corpus::id).toList());
    return page.map(
        corpus -> CorpusView.of(corpus, counts.getOrDefault(corpus.id(), CorpusCounts.NONE)));
  }

  @Answers(headers = HttpHeaders.ETAG)
  @GetMapping("/{corpusId}")
  @Operation(summary = "One corpus, with what it holds; its ETag is needed to change it")
  ResponseEntity<CorpusView> one(@PathVariable String corpusId) {
    return answer(
        corpora.find(corpusId).orElseThrow(() -> new NotFoundProblem("corpus", corpusId)));
  }

  @Answers(
      problems = {409, 428},
      headers = HttpHeaders.ETAG)
  @PatchMapping("/{corpusId}")
  @Operation(summary = "Change name, description or licence policy; fields left out stay")
  ResponseEntity<CorpusView> change(
      @PathVariable String corpusId,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @Valid @RequestBody CorpusChange request) {
    return answer(
        register.change(
            corpusId,
            version(ifMatch),
            new RegisterCorpus.Change(
                request.name(), request.description(), request.licencePolicy()),
            Caller.current()));
  }

  private ResponseEntity<CorpusView> answer(Corpus corpus) {
    CorpusCounts counts =
        corpora.counts(List.of(corpus.id())).getOrDefault(corpus.id(), CorpusCounts.NONE);
    return ResponseEntity.ok()
        .eTag(tag(corpus, counts))
        .body(CorpusView.of(corpus, counts, corpora.tallies(corpus.id())));
  }

  /** The answer changes with the counts, an edit only with the version before the dash. */
  private static String tag(Corpus corpus, CorpusCounts counts) {
    return "\"%d-%08x\"".formatted(corpus.version(), counts.hashCode());
  }

  private static long version(@Nullable String ifMatch) {
    if (ifMatch == null) {
      throw new PreconditionRequiredProblem("send the ETag of the corpus as If-Match");
    }
    if (!ifMatch.matches("\"[0-9]{1,18}-[0-9a-f]{8}\"")) {
      throw new PreconditionFailedProblem("If-Match is not an ETag of this corpus");
    }
    return Long.parseLong(ifMatch.substring(1, ifMatch.indexOf('-')));
  }
}
