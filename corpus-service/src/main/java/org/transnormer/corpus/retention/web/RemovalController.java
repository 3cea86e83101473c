package org.transnormer.corpus.retention.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.corpus.retention.Removables;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.removal.Removal;
import org.transnormer.support.removal.RemoveThings;
import org.transnormer.support.security.Caller;

/** Removal over REST. */
@RestController
@RequestMapping("/api/v1")
class RemovalController {
  private static final String DRY_RUN =
      "With dryRun nothing is removed: the answer says what would be.";

  private final RemoveThings remove;
  private final Removables removables;

  RemovalController(RemoveThings remove, Removables removables) {
    this.remove = remove;
    this.removables = removables;
  }

  @Tag(name = "corpora")
  @Answers(problems = {409, 503})
  @DeleteMapping("/corpora/{corpusId}")
  @Operation(
      summary = "Remove a corpus, unless a snapshot or cleaning run refers to it",
      description = DRY_RUN)
  Removal corpus(
      @PathVariable String corpusId, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.corpus(corpusId), dryRun, Caller.current());
  }

  @Tag(name = "corpora")
  @Answers(problems = {409, 503})
  @DeleteMapping("/corpora/{corpusId}/sources/{sourceId}")
  @Operation(
      summary = "Remove a source and its documents, unless a snapshot refers to them",
      description = DRY_RUN)
  Removal source(
      @PathVariable String corpusId,
      @PathVariable String sourceId,
      @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.source(corpusId, sourceId), dryRun, Caller.current());
  }

  @Tag(name = "snapshots")
  @Answers(problems = {409, 503})
  @DeleteMapping("/snapshots/{snapshotId}")
  @Operation(
      summary =
          "Remove a snapshot, unless a tokenizer, a token set, a run or an export refers to it",
      description = DRY_RUN)
  Removal snapshot(
      @PathVariable String snapshotId, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.snapshot(snapshotId), dryRun, Caller.current());
  }

  @Tag(name = "exports")
  @Answers(problems = {409, 503})
  @DeleteMapping("/snapshots/{snapshotId}/exports/{exportId}")
  @Operation(
      summary = "Remove an export and its files, once its job has ended",
      description = DRY_RUN)
  Removal export(
      @PathVariable String snapshotId,
      @PathVariable String exportId,
      @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.export(snapshotId, exportId), dryRun, Caller.current());
  }
}
