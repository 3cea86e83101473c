package org.transnormer.cleaning.removal.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.cleaning.removal.Removables;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.removal.Removal;
import org.transnormer.support.removal.RemoveThings;
import org.transnormer.support.security.Caller;

/** With dryRun nothing is removed: the answer says what would be. */
@RestController
@RequestMapping("/api/v1")
class RemovalController {

  private final RemoveThings remove;
  private final Removables removables;

  RemovalController(RemoveThings remove, Removables removables) {
    this.remove = remove;
    this.removables = removables;
  }

  @Operation(summary = "Remove a cleaning run that has ended, unless something refers to it")
  @Answers(problems = {409, 503})
  @Tag(name = "cleaning runs")
  @DeleteMapping("/cleaning-runs/{id}")
  Removal cleaningRun(
      @PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.cleaningRun(id), dryRun, Caller.current());
  }

  @Operation(summary = "Remove a tokenizer, unless something refers to it")
  @Answers(problems = {409, 503})
  @Tag(name = "tokenizers")
  @DeleteMapping("/tokenizers/{id}")
  Removal tokenizer(@PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.tokenizer(id), dryRun, Caller.current());
  }

  @Operation(summary = "Remove a token set, unless something refers to it")
  @Answers(problems = {409, 503})
  @Tag(name = "token sets")
  @DeleteMapping("/token-sets/{id}")
  Removal tokenSet(@PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.tokenSet(id), dryRun, Caller.current());
  }
}
