package org.transnormer.corpus.retention.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.corpus.retention.Removal;
import org.transnormer.corpus.retention.RemoveCorpus;
import org.transnormer.support.security.Caller;

/** Removal over REST. */
@RestController
@RequestMapping("/api/v1/corpora/{corpusId}")
@Tag(name = "corpora")
class RemovalController {
  private final RemoveCorpus remove;

  RemovalController(RemoveCorpus remove) {
    this.remove = remove;
  }

  @DeleteMapping
  @Operation(
      summary = "Remove a corpus, unless a snapshot refers to it",
      description = "With dryRun nothing is removed: the answer says what would be.")
  Removal corpus(
      @PathVariable String corpusId, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.corpus(corpusId, dryRun, Caller.current());
  }

  @DeleteMapping("/sources/{sourceId}")
  @Operation(
      summary = "Remove a source and its documents, unless a snapshot refers to them",
      description = "With dryRun nothing is removed: the answer says what would be.")
  Removal source(
      @PathVariable String corpusId,
      @PathVariable String sourceId,
      @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.source(corpusId, sourceId, dryRun, Caller.current());
  }
}
