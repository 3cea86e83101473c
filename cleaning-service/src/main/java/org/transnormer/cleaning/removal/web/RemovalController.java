package org.transnormer.cleaning.removal.web;

import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.cleaning.removal.Removables;
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

  @DeleteMapping("/cleaning-runs/{id}")
  Removal cleaningRun(
      @PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.cleaningRun(id), dryRun, Caller.current());
  }

  @DeleteMapping("/tokenizers/{id}")
  Removal tokenizer(@PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.tokenizer(id), dryRun, Caller.current());
  }

  @DeleteMapping("/token-sets/{id}")
  Removal tokenSet(@PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return remove.remove(removables.tokenSet(id), dryRun, Caller.current());
  }
}
